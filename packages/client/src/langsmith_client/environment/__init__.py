"""The environment of a deployment: read locally, merged with what others set there, never lost and never shown."""
