"""``/v2/deployments``."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

import pydantic
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from langsmith_sandbox.control_plane import deployments, standing, views
from langsmith_sandbox.control_plane.errors import DeploymentNotFoundError, OtherSourceOnlyError
from langsmith_sandbox.control_plane.paging import PageQuery
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.records import Deployment
from langsmith_sandbox.control_plane.requests import DeploymentCreate, DeploymentPatch
from langsmith_sandbox.control_plane.routes.caller import PlaneOfApp, Tenant, deployments_enabled

router = APIRouter(prefix="/v2/deployments", dependencies=[Depends(deployments_enabled)])


class Filters(pydantic.BaseModel):
    """The list's filters. Those about image versions, tags and remote reconciliation match nothing special here."""

    model_config = pydantic.ConfigDict(frozen=True)

    name: str | None = None
    name_contains: str | None = None
    status: str | None = None
    deployment_type: Literal["dev_free", "dev", "prod"] | None = None
    deployment_ids: str | None = None
    image_version: str | None = None

    def match(self, record: Deployment, status: str) -> bool:
        """Whether the deployment passes every filter given."""
        return (
            (self.name is None or record.name == self.name)
            and (self.name_contains is None or self.name_contains in record.name)
            and (self.status is None or status in self.status.split(","))
            and self.deployment_type in (None, "prod")
            and (self.deployment_ids is None or str(record.id) in self.deployment_ids.split(","))
            and self.image_version is None
        )


@router.get("")
async def list_deployments(
    plane: PlaneOfApp, tenant: Tenant, page: PageQuery, filters: Annotated[Filters, Query()]
) -> dict[str, Any]:
    """One page of the workspace's deployments that pass the filters."""
    with plane.store.transaction():
        every = standing.deployments(plane, tenant)
        passing = [each for each in every if filters.match(each, standing.deployment_status(plane, each))]
        return page.of(passing, lambda each: _view(plane, each))


@router.post("", status_code=201)
async def create_deployment(plane: PlaneOfApp, tenant: Tenant, body: DeploymentCreate) -> dict[str, Any]:
    """Creates a deployment and its first revision."""
    with plane.store.transaction():
        return _view(plane, deployments.create(plane, tenant, body))


@router.delete("")
async def delete_deployments(
    plane: PlaneOfApp, tenant: Tenant, deployment_ids: Annotated[list[uuid.UUID], Query(max_length=100)]
) -> JSONResponse:
    """Deletes several deployments: 200 when all were there, 207 when some were, 404 when none was."""
    missing: list[str] = []
    deleted: list[str] = []
    with plane.store.transaction():
        for identifier in deployment_ids:
            try:
                deployments.delete(plane, tenant, identifier, delete_tracing_project=False)
                deleted.append(str(identifier))
            except DeploymentNotFoundError as error:
                missing.append(error.detail)
    if missing and not deleted:
        return JSONResponse({"detail": missing[0]}, status_code=404)
    return JSONResponse({"deleted": deleted, "errors": missing}, status_code=207 if missing else 200)


@router.get("/{deployment_id}")
async def get_deployment(plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID) -> dict[str, Any]:
    """One deployment; answers until its removal is confirmed."""
    with plane.store.transaction():
        return _view(plane, standing.deployment(plane, tenant, deployment_id))


@router.patch("/{deployment_id}")
async def patch_deployment(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, body: DeploymentPatch
) -> dict[str, Any]:
    """Changes a deployment."""
    with plane.store.transaction():
        return _view(plane, deployments.patch(plane, tenant, deployment_id, body))


@router.delete("/{deployment_id}", status_code=204)
async def delete_deployment(
    plane: PlaneOfApp,
    tenant: Tenant,
    deployment_id: uuid.UUID,
    delete_tracing_project: Annotated[bool, Query()] = False,
) -> Response:
    """Asks for a deployment's removal."""
    with plane.store.transaction():
        deployments.delete(plane, tenant, deployment_id, delete_tracing_project=delete_tracing_project)
    return Response(status_code=204)


@router.post("/{deployment_id}/revisions/{revision_id}/redeploy")
async def redeploy_revision(
    plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID, revision_id: uuid.UUID
) -> dict[str, Any]:
    """Runs an earlier revision's image again; answers with the deployment, whose latest revision is the new one."""
    with plane.store.transaction():
        return _view(plane, deployments.redeploy(plane, tenant, deployment_id, revision_id))


@router.post("/{deployment_id}/push-token")
async def request_push_token(plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID) -> None:
    """Refuses: images of a self-hosted data plane come from its own registry."""
    with plane.store.transaction():
        standing.deployment(plane, tenant, deployment_id)
    raise OtherSourceOnlyError("Push tokens are", "internal_docker")


@router.post("/{deployment_id}/upload-url")
async def request_upload_url(plane: PlaneOfApp, tenant: Tenant, deployment_id: uuid.UUID) -> None:
    """Refuses: a self-hosted data plane builds nothing from uploaded sources."""
    with plane.store.transaction():
        standing.deployment(plane, tenant, deployment_id)
    raise OtherSourceOnlyError("Upload URLs are", "internal_source")


def _view(plane: Plane, record: Deployment) -> dict[str, Any]:
    return views.deployment(
        record,
        status=standing.deployment_status(plane, record),
        secret_values=plane.switches.secret_values,
    )
