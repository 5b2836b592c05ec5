"""``/_sandbox``: turns switches, orders faults and moves revisions, so that tests can meet what is rare in life."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Annotated, Any, Literal

import pydantic
from fastapi import APIRouter, Body, Depends, Request, Response

from langsmith_sandbox.control_plane import revisions, standing, views
from langsmith_sandbox.control_plane.errors import DeploymentNotFoundError
from langsmith_sandbox.control_plane.faults import Fault, Faults
from langsmith_sandbox.control_plane.plane import Plane, Switches
from langsmith_sandbox.control_plane.records import Deployment, RevisionStatus
from langsmith_sandbox.control_plane.routes.caller import PlaneOfApp

router = APIRouter(prefix="/_sandbox")
REVISION_PATH = "/deployments/{deployment_id}/revisions/{revision_id}"


async def _faults(request: Request) -> Faults:
    return request.app.state.faults


FaultsOfApp = Annotated[Faults, Depends(_faults)]


class SwitchChange(pydantic.BaseModel):
    """Some of the switches; a name that is none is refused."""

    model_config = pydantic.ConfigDict(extra="forbid")

    deployments_enabled: bool | None = None
    listeners_allowed: bool | None = None
    namespace_check: bool | None = None
    listener_delete: Literal["orphan", "refuse"] | None = None
    secret_values: bool | None = None
    refused_key_status: Literal[401, 403] | None = None


class Placed(pydantic.BaseModel):
    """Where a revision is put, and whether it stays there whatever the clock says."""

    status: RevisionStatus
    message: str | None = None
    held: bool = False


@router.get("/switches")
async def get_switches(plane: PlaneOfApp) -> Switches:
    """All switches."""
    return plane.switches


@router.put("/switches")
async def put_switches(plane: PlaneOfApp, change: SwitchChange) -> Switches:
    """Turns the switches named; the others stay. A restart turns all of them back."""
    plane.switches = dataclasses.replace(plane.switches, **change.model_dump(exclude_none=True))
    return plane.switches


@router.get("/faults")
async def list_faults(faults: FaultsOfApp) -> list[Fault]:
    """The faults still to come."""
    return faults.open()


@router.post("/faults", status_code=201)
async def order_fault(faults: FaultsOfApp, fault: Annotated[Fault, Body()]) -> Fault:
    """Orders a fault."""
    faults.order(fault)
    return fault


@router.delete("/faults", status_code=204)
async def clear_faults(faults: FaultsOfApp) -> Response:
    """Cancels every fault."""
    faults.clear()
    return Response(status_code=204)


@router.put(REVISION_PATH)
async def place_revision(
    plane: PlaneOfApp, deployment_id: uuid.UUID, revision_id: uuid.UUID, placed: Placed
) -> dict[str, Any]:
    """Puts a revision into any status."""
    with plane.store.transaction():
        revision = standing.revision(plane, _find(plane, deployment_id), revision_id)
        moved = revisions.enter(revision, placed.status, plane.clock(), placed.message)
        standing.save_revision(plane, dataclasses.replace(moved, held=placed.held))
        return views.revision(moved)


@router.delete(REVISION_PATH, status_code=204)
async def prune_revision(plane: PlaneOfApp, deployment_id: uuid.UUID, revision_id: uuid.UUID) -> Response:
    """Forgets a revision while its deployment stays, as old ones are pruned."""
    with plane.store.transaction():
        standing.revision(plane, _find(plane, deployment_id), revision_id)
        plane.store.revisions.remove(revision_id, deployment_id)
    return Response(status_code=204)


def _find(plane: Plane, deployment_id: uuid.UUID) -> Deployment:
    """The deployment, whichever workspace it is in."""
    for each in plane.store.deployments.everything():
        if each.id == deployment_id:
            return each
    raise DeploymentNotFoundError(deployment_id)
