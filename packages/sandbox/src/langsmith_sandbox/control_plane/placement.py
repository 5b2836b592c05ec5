"""Where a new deployment runs, and which requests cannot be placed."""

from __future__ import annotations

import dataclasses
import uuid

from langsmith_sandbox.control_plane.errors import ListenerIdRequiredError, SourceConfigInvalidError
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.records import Deployment, Listener
from langsmith_sandbox.control_plane.requests import SourceConfig, SourceRevisionConfig


@dataclasses.dataclass(frozen=True)
class Placement:
    """A listener and one of its namespaces; neither in a workspace without listeners."""

    listener_id: uuid.UUID | None
    k8s_namespace: str | None


def place(plane: Plane, tenant: uuid.UUID, source: str, config: SourceConfig) -> Placement:
    """Where the deployment goes.

    Raises:
        SourceConfigInvalidError: The source, listener, namespace, resources or deployment type cannot be used.
    """
    if source != "external_docker":
        raise SourceConfigInvalidError(f"'{source}' source is not available for self-hosted data planes.")
    if config.resource_spec is None:
        raise SourceConfigInvalidError("'source_config.resource_spec' is required for 'external_docker' source.")
    if config.deployment_type is not None:
        raise SourceConfigInvalidError("'source_config.deployment_type' must be null for 'external_docker' source.")
    listeners = plane.store.listeners.of(tenant)
    namespace = config.listener_config.k8s_namespace if config.listener_config else None
    if config.listener_id is None:
        if listeners:
            raise ListenerIdRequiredError([each.id for each in listeners])
        return Placement(None, namespace)
    listener = next((each for each in listeners if each.id == config.listener_id), None)
    if listener is None:
        raise SourceConfigInvalidError(f"Listener ID {config.listener_id} not found.")
    if plane.switches.namespace_check:
        _check_namespace(listener, namespace)
    return Placement(listener.id, namespace)


def _check_namespace(listener: Listener, namespace: str | None) -> None:
    known = ", ".join(listener.k8s_namespaces or ()) or "none"
    if namespace is None:
        raise SourceConfigInvalidError(
            f"'source_config.listener_config.k8s_namespace' is required for listener ID {listener.id} "
            f"(its Kubernetes namespaces: {known})."
        )
    if namespace not in (listener.k8s_namespaces or ()):
        raise SourceConfigInvalidError(
            f"Kubernetes namespace '{namespace}' is not configured for listener ID {listener.id} "
            f"(its Kubernetes namespaces: {known})."
        )


def check_unmoved(found: Deployment, config: SourceConfig) -> None:
    """Passes when a change leaves the deployment where it is.

    Raises:
        SourceConfigInvalidError: It names another listener, namespace or deployment type.
    """
    namespace = config.listener_config.k8s_namespace if config.listener_config else None
    asked = {
        "listener_id": (config.listener_id, found.listener_id),
        "listener_config.k8s_namespace": (namespace, found.k8s_namespace),
        "deployment_type": (config.deployment_type, "prod"),
    }
    for field, (wanted, present) in asked.items():
        if wanted is not None and wanted != present:
            raise SourceConfigInvalidError(f"'source_config.{field}' cannot be changed once the deployment is created.")


def check_external_image(config: SourceRevisionConfig) -> None:
    """Passes for a revision that names nothing but an image.

    Raises:
        SourceConfigInvalidError: It carries a field of the sources that build.
    """
    for field in ("repo_ref", "langgraph_config_path", "source_tarball_path"):
        if getattr(config, field) is not None:
            raise SourceConfigInvalidError(
                f"'source_revision_config.{field}' must be null for 'external_docker' source."
            )
