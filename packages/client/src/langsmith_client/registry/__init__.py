"""Talking to image registries."""

from langsmith_client.registry.client import Registry
from langsmith_client.registry.logins import DockerLogins, Login, Logins

__all__ = ["DockerLogins", "Login", "Logins", "Registry"]
