"""How deployments and revisions stand now: what time alone has changed is written down when someone looks."""

from __future__ import annotations

import uuid

from langsmith_sandbox.control_plane.errors import DeploymentNotFoundError, RevisionNotFoundError
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.records import Deployment, Revision
from langsmith_sandbox.control_plane.revisions import advance


def deployments(plane: Plane, tenant: uuid.UUID) -> tuple[Deployment, ...]:
    """The workspace's deployments, oldest first, without those finally gone."""
    return tuple(each for each in plane.store.deployments.of(tenant) if not _settled_removal(plane, each))


def deployment(plane: Plane, tenant: uuid.UUID, deployment_id: uuid.UUID) -> Deployment:
    """One deployment of the workspace.

    Raises:
        DeploymentNotFoundError: There is none, or it is finally gone.
    """
    found = plane.store.deployments.get(deployment_id, tenant)
    if found is None or _settled_removal(plane, found):
        raise DeploymentNotFoundError(deployment_id)
    return found


def deployment_status(plane: Plane, found: Deployment) -> str:
    """``AWAITING_DATABASE``, then ``READY``; ``AWAITING_DELETE`` from the delete request on."""
    if found.delete_requested_at is not None:
        return "AWAITING_DELETE"
    return "AWAITING_DATABASE" if plane.clock() < found.created_at + plane.timings.database else "READY"


def revisions(plane: Plane, found: Deployment) -> tuple[Revision, ...]:
    """The deployment's revisions, oldest first, each where the clock has brought it."""
    remembered = plane.store.revisions.of(found.id)
    current = advance(
        remembered,
        database_ready_at=found.created_at + plane.timings.database,
        now=plane.clock(),
        timings=plane.timings,
    )
    for before, after in zip(remembered, current, strict=True):
        if before != after:
            save_revision(plane, after)
    return current


def revision(plane: Plane, found: Deployment, revision_id: uuid.UUID) -> Revision:
    """One revision of the deployment.

    Raises:
        RevisionNotFoundError: There is none.
    """
    for each in revisions(plane, found):
        if each.id == revision_id:
            return each
    raise RevisionNotFoundError(revision_id)


def save_deployment(plane: Plane, changed: Deployment) -> None:
    """Remembers the deployment."""
    plane.store.deployments.put(changed.id, changed.tenant_id, changed)


def save_revision(plane: Plane, changed: Revision) -> None:
    """Remembers the revision."""
    plane.store.revisions.put(changed.id, changed.deployment_id, changed)


def remove(plane: Plane, gone: Deployment) -> None:
    """Forgets the deployment, its revisions and, if its deletion asked for that, its tracing project."""
    for each in plane.store.revisions.of(gone.id):
        plane.store.revisions.remove(each.id, gone.id)
    plane.store.deployments.remove(gone.id, gone.tenant_id)
    if gone.delete_tracing_project:
        plane.store.projects.remove(gone.name, gone.tenant_id)


def _settled_removal(plane: Plane, found: Deployment) -> bool:
    """Removes a deployment whose deletion nobody will confirm: it never reached a data plane, or lost its listener."""
    if found.delete_requested_at is None or plane.clock() < found.delete_requested_at + plane.timings.removal:
        return False
    attended = found.listener_id is not None and plane.store.listeners.get(found.listener_id, found.tenant_id)
    if found.taken_up and attended:
        return False
    remove(plane, found)
    return True
