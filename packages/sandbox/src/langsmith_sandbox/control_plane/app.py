"""The control plane's FastAPI application."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from langsmith_sandbox.control_plane.base_path import AlsoUnder
from langsmith_sandbox.control_plane.errors import ApiError
from langsmith_sandbox.control_plane.faults import Faults, InjectFaults
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.request_log import RecordRequests, RequestLog
from langsmith_sandbox.control_plane.routes import (
    deployments,
    inspection,
    internal,
    listeners,
    logs,
    revisions,
    tampering,
)

SELF_HOSTED_PREFIX = "/api-host"
"""Where a self-hosted LangSmith serves the same API; official clients build their URLs with it."""

# Their routes are handed over as they are: `include_router` would work every signature and model out once more.
ROUTED = (listeners, deployments, revisions, logs, internal, inspection, tampering)


def create_app(plane: Plane) -> FastAPI:
    """The application of one control plane, served at ``/`` and under ``/api-host``."""
    routes = [route for module in ROUTED for route in module.router.routes]
    app = FastAPI(title="LangSmith Deployment Control Plane API", openapi_url=None, routes=routes)
    app.state.plane = plane
    app.state.request_log = RequestLog()
    app.state.faults = Faults()
    app.add_exception_handler(ApiError, _refuse)
    app.add_exception_handler(RequestValidationError, _reject)
    # The last one added is the outermost: requests are recorded as they came, faults hit both spellings of a path.
    app.add_middleware(InjectFaults, faults=app.state.faults)
    app.add_middleware(AlsoUnder, prefix=SELF_HOSTED_PREFIX)
    app.add_middleware(RecordRequests, log=app.state.request_log)
    return app


def _refuse(_request: Request, error: Exception) -> JSONResponse:
    """A string under ``detail``."""
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class only
    return JSONResponse({"detail": error.detail}, status_code=error.status)


def _reject(_request: Request, error: Exception) -> JSONResponse:
    """A list under ``detail``, without FastAPI's ``input``: it would repeat secret values."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    shown = [{"loc": list(each["loc"]), "msg": each["msg"], "type": each["type"]} for each in error.errors()]
    return JSONResponse({"detail": shown}, status_code=422)
