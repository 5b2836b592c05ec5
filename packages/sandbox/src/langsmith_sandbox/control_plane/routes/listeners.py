"""``/v2/listeners``."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Depends, Response

from langsmith_sandbox.control_plane import listeners, views
from langsmith_sandbox.control_plane.paging import PageQuery
from langsmith_sandbox.control_plane.requests import ListenerCreate, ListenerPatch
from langsmith_sandbox.control_plane.routes.caller import PlaneOfApp, Tenant, plan_with_listeners

router = APIRouter(prefix="/v2/listeners", dependencies=[Depends(plan_with_listeners)])


@router.get("")
async def list_listeners(plane: PlaneOfApp, tenant: Tenant, page: PageQuery) -> dict[str, Any]:
    """One page of the workspace's listeners."""
    with plane.store.transaction():
        return page.of(plane.store.listeners.of(tenant), views.listener)


@router.post("", status_code=201)
async def create_listener(plane: PlaneOfApp, tenant: Tenant, body: ListenerCreate) -> dict[str, Any]:
    """Registers a listener."""
    with plane.store.transaction():
        return views.listener(listeners.create(plane, tenant, body))


@router.get("/{listener_id}")
async def get_listener(plane: PlaneOfApp, tenant: Tenant, listener_id: uuid.UUID) -> dict[str, Any]:
    """One listener."""
    with plane.store.transaction():
        return views.listener(listeners.get(plane, tenant, listener_id))


@router.patch("/{listener_id}")
async def patch_listener(
    plane: PlaneOfApp, tenant: Tenant, listener_id: uuid.UUID, body: ListenerPatch
) -> dict[str, Any]:
    """Changes a listener's namespaces or version."""
    with plane.store.transaction():
        return views.listener(listeners.patch(plane, tenant, listener_id, body))


@router.delete("/{listener_id}", status_code=204)
async def delete_listener(plane: PlaneOfApp, tenant: Tenant, listener_id: uuid.UUID) -> Response:
    """Forgets a listener."""
    with plane.store.transaction():
        listeners.delete(plane, tenant, listener_id)
    return Response(status_code=204)
