"""Serves an application a second time under a path."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class AlsoUnder:
    """ASGI middleware: ``/prefix/x`` is ``/x``, and ``/x`` stays what it is."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the request on the path without the prefix."""
        if scope["type"] == "http" and scope["path"].startswith(f"{self._prefix}/"):
            path = scope["path"].removeprefix(self._prefix)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)
