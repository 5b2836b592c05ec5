"""One component a service: what a program declares."""
