"""What can be done with listeners. Every function runs inside a transaction of the store."""

from __future__ import annotations

import dataclasses
import uuid

from langsmith_sandbox.control_plane import standing
from langsmith_sandbox.control_plane.errors import (
    ListenerExistsError,
    ListenerInUseError,
    ListenerNotFoundError,
    ListenersNotAllowedError,
)
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.records import Heartbeat, Listener
from langsmith_sandbox.control_plane.requests import HeartbeatReport, ListenerCreate, ListenerPatch


def check_plan(plane: Plane, tenant: uuid.UUID) -> None:
    """Passes for organisations whose plan has listeners.

    Raises:
        ListenersNotAllowedError: The plan has none; reading, changing and deleting get the same answer as creating.
    """
    if not plane.switches.listeners_allowed:
        raise ListenersNotAllowedError(tenant)


def get(plane: Plane, tenant: uuid.UUID, listener_id: uuid.UUID) -> Listener:
    """One listener of the workspace.

    Raises:
        ListenerNotFoundError: There is none.
    """
    found = plane.store.listeners.get(listener_id, tenant)
    if found is None:
        raise ListenerNotFoundError(listener_id)
    return found


def create(plane: Plane, tenant: uuid.UUID, body: ListenerCreate) -> Listener:
    """Registers a listener.

    Raises:
        ListenerExistsError: Another one of the workspace has its compute ID.
    """
    if any(each.compute_id == body.compute_id for each in plane.store.listeners.of(tenant)):
        raise ListenerExistsError(tenant, body.compute_id)
    now = plane.clock()
    listener = Listener(
        id=plane.new_id(),
        tenant_id=tenant,
        compute_id=body.compute_id,
        k8s_namespaces=body.compute_config.namespaces(),
        version=body.version,
        created_at=now,
        updated_at=now,
    )
    return _save(plane, listener)


def patch(plane: Plane, tenant: uuid.UUID, listener_id: uuid.UUID, body: ListenerPatch) -> Listener:
    """Changes namespaces or version; what is null stays."""
    found = get(plane, tenant, listener_id)
    namespaces = found.k8s_namespaces if body.compute_config is None else body.compute_config.namespaces()
    version = found.version if body.version is None else body.version
    return _save(
        plane, dataclasses.replace(found, k8s_namespaces=namespaces, version=version, updated_at=plane.clock())
    )


def delete(plane: Plane, tenant: uuid.UUID, listener_id: uuid.UUID) -> None:
    """Forgets a listener; its deployments stay without one, unless the switch refuses that.

    Raises:
        ListenerInUseError: It has deployments and the switch says ``refuse``.
    """
    get(plane, tenant, listener_id)
    users = [each.name for each in standing.deployments(plane, tenant) if each.listener_id == listener_id]
    if users and plane.switches.listener_delete == "refuse":
        raise ListenerInUseError(listener_id, users)
    plane.store.listeners.remove(listener_id, tenant)


def heartbeat(plane: Plane, tenant: uuid.UUID, listener_id: uuid.UUID, body: HeartbeatReport) -> None:
    """Notes that the listener's data plane is alive."""
    found = get(plane, tenant, listener_id)
    sign = Heartbeat(at=plane.clock(), version=body.version, k8s_namespaces=tuple(body.k8s_namespaces))
    _save(plane, dataclasses.replace(found, heartbeat=sign))


def _save(plane: Plane, listener: Listener) -> Listener:
    plane.store.listeners.put(listener.id, listener.tenant_id, listener)
    return listener
