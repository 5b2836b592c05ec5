"""The LangSmith control plane as a target: deployments on a listener and one of its namespaces."""

from langsmith_client.target.control_plane.errors import mapped
from langsmith_client.target.control_plane.place import Place
from langsmith_client.target.control_plane.target import ControlPlaneTarget

__all__ = ["ControlPlaneTarget", "Place", "mapped"]
