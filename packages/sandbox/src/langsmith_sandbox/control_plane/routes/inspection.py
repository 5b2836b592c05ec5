"""``/_sandbox``: what the sandbox and its tests look at and turn; LangSmith has nothing like it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from langsmith_sandbox.control_plane import views
from langsmith_sandbox.control_plane.request_log import RequestLog
from langsmith_sandbox.control_plane.routes.caller import PlaneOfApp

router = APIRouter(prefix="/_sandbox")


async def _log(request: Request) -> RequestLog:
    return request.app.state.request_log


LogOfApp = Annotated[RequestLog, Depends(_log)]


@router.get("/health")
async def health() -> dict[str, str]:
    """Answers once requests are served."""
    return {"status": "ok"}


@router.get("/requests")
async def list_requests(log: LogOfApp) -> dict[str, object]:
    """How often the API was asked, and the last thousand requests."""
    return log.snapshot()


@router.delete("/requests", status_code=204)
async def forget_requests(log: LogOfApp) -> Response:
    """Sets the count to zero."""
    log.clear()
    return Response(status_code=204)


@router.get("/listeners")
async def list_attendance(plane: PlaneOfApp) -> dict[str, Any]:
    """Every listener with its data plane's last sign of life."""
    with plane.store.transaction():
        return {"listeners": [views.attendance(each) for each in plane.store.listeners.everything()]}
