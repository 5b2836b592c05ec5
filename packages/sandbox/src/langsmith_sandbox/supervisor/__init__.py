"""The supervisor: one process that starts the world's parts, watches them, and leaves none behind."""
