"""The HTTP face of the control plane, one module a concept; handlers only translate."""
