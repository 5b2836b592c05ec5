"""The loopback server the emulator listens on."""

from __future__ import annotations

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from langsmith_sandbox.aws.wire import WsgiApp

_LOOPBACK = "127.0.0.1"


class _QuietHandler(MotoRequestHandler):
    """Writes no access log: the query string of a presigned request is as good as the credentials behind it."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing; ``GET /_sandbox/requests`` says what was asked."""


def server(app: WsgiApp, port: int = 0) -> BaseWSGIServer:
    """A threaded server for ``app``, bound to loopback only; port 0 takes a free one (``server_port``)."""
    return make_server(_LOOPBACK, port, app, threaded=True, request_handler=_QuietHandler)
