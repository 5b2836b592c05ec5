"""``/v2/deployments/{deployment_id}/revisions``."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from langsmith_sandbox.control_plane import deployments, standing, views
from langsmith_sandbox.control_plane.paging import PageQuery
from langsmith_sandbox.control_plane.requests import RevisionCreate
from langsmith_sandbox.control_plane.routes.caller import PlaneOfApp, Tenant, deployments_enabled

router = APIRouter(prefix="/v2/deployments/{deployment_id}/revisions", dependencies=[Depends(deployments_enabled)])


@router.get("")
async def list_revisions(
    plane: PlaneOfApp,
    tenant: Tenant,
    deployment_id: uuid.UUID,
    page: PageQuery,
    status: Annotated[str | None, Query()] = None,
) -> dict[str, Any]:
    """One page of the deployment's revisions, newest first."""
    with plane.store.transaction():
        found = standing.deployment(plane, tenant, deployment_id)
        wanted = None if status is None else status.split(",")
        newest_first = [
            each for each in reversed(standing.revisions(plane, found)) if wanted is None or each.status in wanted
        ]
        return page.of(newest_first, views.revision)


@router.post("", status_code=201)
async def create_revision(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, body: RevisionCreate
) -> dict[str, Any]:
    """Makes a revision."""
    with plane.store.transaction():
        return views.revision(deployments.revise(plane, tenant, deployment_id, body))


@router.get("/{revision_id}")
async def get_revision(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, revision_id: uuid.UUID
) -> dict[str, Any]:
    """One revision."""
    with plane.store.transaction():
        found = standing.deployment(plane, tenant, deployment_id)
        return views.revision(standing.revision(plane, found, revision_id))


@router.post("/{revision_id}/interrupt")
async def interrupt_revision(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, revision_id: uuid.UUID
) -> dict[str, Any]:
    """Stops a revision that has not ended."""
    with plane.store.transaction():
        return views.revision(deployments.interrupt(plane, tenant, deployment_id, revision_id))
