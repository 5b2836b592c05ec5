"""What listeners call. LangSmith documents none of it; the shapes are this sandbox's own."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Depends, Response

from langsmith_sandbox.control_plane import deployments, listeners, revisions, standing, views
from langsmith_sandbox.control_plane.requests import HeartbeatReport, StatusReport
from langsmith_sandbox.control_plane.routes.caller import (
    PlaneOfApp,
    Tenant,
    deployments_enabled,
    plan_with_listeners,
)

router = APIRouter(prefix="/internal/v1", dependencies=[Depends(plan_with_listeners), Depends(deployments_enabled)])


@router.post("/listeners/{listener_id}/heartbeat", status_code=204)
async def heartbeat(plane: PlaneOfApp, tenant: Tenant, listener_id: uuid.UUID, body: HeartbeatReport) -> Response:
    """Takes a sign of life."""
    with plane.store.transaction():
        listeners.heartbeat(plane, tenant, listener_id, body)
    return Response(status_code=204)


@router.get("/listeners/{listener_id}/deployments")
async def list_work(plane: PlaneOfApp, tenant: Tenant, listener_id: uuid.UUID) -> dict[str, Any]:
    """Everything on the listener that is not finally gone, each with the revision that should run."""
    with plane.store.transaction():
        listeners.get(plane, tenant, listener_id)
        resources = [
            views.work(
                each,
                status=standing.deployment_status(plane, each),
                wanted=revisions.wanted(standing.revisions(plane, each), each.active_revision_id),
            )
            for each in standing.deployments(plane, tenant)
            if each.listener_id == listener_id
        ]
        return {"resources": resources}


@router.post("/deployments/{deployment_id}/revisions/{revision_id}/status", status_code=204)
async def report_status(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, revision_id: uuid.UUID, body: StatusReport
) -> Response:
    """Takes the data plane's word on a revision."""
    with plane.store.transaction():
        deployments.report(plane, tenant, deployment_id, revision_id, body)
    return Response(status_code=204)


@router.post("/deployments/{deployment_id}/deleted", status_code=204)
async def confirm_deleted(plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID) -> Response:
    """Takes the data plane's word that nothing of the deployment is left."""
    with plane.store.transaction():
        deployments.confirm_deleted(plane, tenant, deployment_id)
    return Response(status_code=204)
