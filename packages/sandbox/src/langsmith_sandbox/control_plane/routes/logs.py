"""Both families of log endpoints: ``/v2/.../logs`` and the older ``/v1/projects/...``."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

import pydantic
from fastapi import APIRouter, Depends, Query

from langsmith_sandbox.control_plane import standing
from langsmith_sandbox.control_plane.logs import LogQuery, build_log, deploy_log
from langsmith_sandbox.control_plane.routes.caller import PlaneOfApp, Tenant, deployments_enabled

router = APIRouter(dependencies=[Depends(deployments_enabled)])

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Order = Literal["asc", "desc"]


class LogRequest(pydantic.BaseModel):
    """Body of the older family."""

    limit: Annotated[int, pydantic.Field(ge=1, le=1000)] = 50
    order: Order = "desc"
    offset: str | None = None
    query: str | None = None
    level: Level | None = None
    start_time: dt.datetime | None = None
    end_time: dt.datetime | None = None

    def asked(self) -> LogQuery:
        """The same as a query."""
        return LogQuery(**self.model_dump())


@router.get("/v2/deployments/{deployment_id}/revisions/{revision_id}/logs")
async def get_logs(
    plane: PlaneOfApp,
    tenant: Tenant,
    deployment_id: uuid.UUID,
    revision_id: uuid.UUID,
    kind: Annotated[Literal["build", "deploy"], Query(alias="type")],
    order: Order = "asc",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: str | None = None,
    query: str | None = None,
    level: Level | None = None,
    start_time: dt.datetime | None = None,
    end_time: dt.datetime | None = None,
) -> dict[str, Any]:
    """One page of a revision's build or deploy log."""
    with plane.store.transaction():
        found = standing.deployment(plane, tenant, deployment_id)
        revision = standing.revision(plane, found, revision_id)
    asked = LogQuery(limit, order, offset, query, level, start_time, end_time)
    return build_log() if kind == "build" else deploy_log([revision], asked)


@router.post("/v1/projects/{deployment_id}/revisions/{revision_id}/build_logs")
async def post_build_logs(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, revision_id: uuid.UUID, _body: LogRequest
) -> dict[str, Any]:
    """A revision's build log."""
    with plane.store.transaction():
        standing.revision(plane, standing.deployment(plane, tenant, deployment_id), revision_id)
    return build_log()


@router.post("/v1/projects/{deployment_id}/revisions/{revision_id}/deploy_logs")
async def post_deploy_logs(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, revision_id: uuid.UUID, body: LogRequest
) -> dict[str, Any]:
    """A revision's deploy log."""
    with plane.store.transaction():
        revision = standing.revision(plane, standing.deployment(plane, tenant, deployment_id), revision_id)
    return deploy_log([revision], body.asked())


@router.post("/v1/projects/{deployment_id}/deploy_logs")
async def post_all_deploy_logs(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, body: LogRequest
) -> dict[str, Any]:
    """The deploy log of all the deployment's revisions."""
    with plane.store.transaction():
        revisions = standing.revisions(plane, standing.deployment(plane, tenant, deployment_id))
    return deploy_log(revisions, body.asked())
