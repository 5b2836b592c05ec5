"""One module a service: its list, and how to open it. Plain code: none of it knows Pulumi."""
