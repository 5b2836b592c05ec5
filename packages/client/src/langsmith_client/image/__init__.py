"""Making an agent's image, with a docker daemon or without, and getting it into a registry."""
