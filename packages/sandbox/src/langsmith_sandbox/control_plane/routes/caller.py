"""Who calls, as handlers receive it."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Depends, Request

from langsmith_sandbox.control_plane.errors import DeploymentsNotEnabledError
from langsmith_sandbox.control_plane.listeners import check_plan
from langsmith_sandbox.control_plane.plane import Plane


async def _plane(request: Request) -> Plane:
    return request.app.state.plane


PlaneOfApp = Annotated[Plane, Depends(_plane)]


async def _tenant(plane: PlaneOfApp, request: Request) -> uuid.UUID:
    given = request.headers
    return plane.access.tenant(
        given.get("X-Api-Key"), given.get("X-Tenant-Id"), refused_status=plane.switches.refused_key_status
    )


Tenant = Annotated[uuid.UUID, Depends(_tenant)]


async def plan_with_listeners(plane: PlaneOfApp, tenant: Tenant) -> None:
    """Refuses workspaces whose plan has no listeners."""
    check_plan(plane, tenant)


async def deployments_enabled(plane: PlaneOfApp, _tenant_first: Tenant) -> None:
    """Refuses organisations without deployments; depends on the tenant so that a bad key is told first."""
    if not plane.switches.deployments_enabled:
        raise DeploymentsNotEnabledError
