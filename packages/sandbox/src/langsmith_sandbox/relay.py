"""Passing HTTP on: what a proxy hands over between two neighbours, what it keeps to itself, and how it is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import uvicorn
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette
    from starlette.requests import Request

_CONNECT_SECONDS = 3.0
# RFC 9110, 7.6.1: these are between two neighbours only.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def outgoing(
    request: Request, http: httpx2.AsyncClient, address: str, extra: Sequence[tuple[str, str]] = ()
) -> httpx2.Request:
    """The same request for `address` (`host:port`), its body streamed, with `extra` headers."""
    target = request.url.path if request.scope.get("raw_path") is None else request.scope["raw_path"].decode()
    query = f"?{request.url.query}" if request.url.query else ""
    headers = [(name, value) for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP]
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return http.build_request(
        request.method,
        f"http://{address}{target}{query}",
        headers=[*headers, *extra],
        content=request.stream() if has_body else None,
    )


def streamed(answer: httpx2.Response) -> StreamingResponse:
    """The answer of the other side, as it arrives."""
    response = StreamingResponse(
        answer.aiter_raw(), status_code=answer.status_code, background=BackgroundTask(answer.aclose)
    )
    response.raw_headers = [
        (name.lower(), value) for name, value in answer.headers.raw if name.decode("latin-1").lower() not in HOP_BY_HOP
    ]
    return response


def other_side(read_seconds: float) -> httpx2.AsyncClient:
    """A client for the other side, which is on this machine: no proxy, no redirects followed."""
    timeout = httpx2.Timeout(read_seconds, connect=_CONNECT_SECONDS)
    return httpx2.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False)


def serve(app: Starlette, port: int) -> None:
    """Serve a proxy on a loopback port until SIGTERM or SIGINT; the headers clients see are the other side's own."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        access_log=False,
        ws="none",
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
