"""The world's one entrance: a reverse proxy that routes by the Ingresses and HTTPRoutes of all clusters.

Run as ``python -m langsmith_sandbox.cluster.ingress``. It stands for what load balancers do with requests, once their
controller says that they are there, and for kube-proxy too: requests go straight to the Pods of a Service.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as Endpoint

from langsmith_sandbox.cluster.ingress_table import Found, IngressTable
from langsmith_sandbox.relay import other_side, outgoing, serve, streamed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request

    from langsmith_sandbox.cluster.routing import Address

HEALTH = "/_sandbox/health"
RESCAN_SECONDS = 1.0
# Longer than any run an agent is asked to wait for; a load balancer's idle limit would be an hour at most.
READ_SECONDS = 3600.0
TRIES = 3
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class ReverseProxy:
    """Passes requests on to Pods.

    Args:
        table: Where they go.
        http: Speaks to Pods.
    """

    def __init__(self, table: IngressTable, http: httpx2.AsyncClient) -> None:
        self._table = table
        self._http = http
        self._turn = itertools.count()

    async def handle(self, request: Request) -> Response:
        """Answer one request."""
        host, path = request.headers.get("host", ""), request.url.path
        found = self._table.find(host, path)
        if found is None:
            return PlainTextResponse(f"no load balancer of any cluster routes {host}{path}\n", 404)
        if not found.addresses:
            return PlainTextResponse(f"{_service(found)} has no ready Pods on port {found.route.port}\n", 503)
        return await self._pass_on(request, found)

    async def _pass_on(self, request: Request, found: Found) -> Response:
        turn = next(self._turn)
        failure = ""
        for attempt in range(min(TRIES, len(found.addresses))):
            address = found.addresses[(turn + attempt) % len(found.addresses)]
            try:
                answer = await self._http.send(self._outgoing(request, address), stream=True)
            except httpx2.ConnectError:
                # Nothing was sent yet, so another Pod may be asked.
                failure = f"{address.ip}:{address.port} refuses connections"
            except httpx2.TimeoutException:
                return PlainTextResponse(f"a Pod of {_service(found)} did not answer in time\n", 504)
            except httpx2.HTTPError as problem:
                return PlainTextResponse(
                    f"a Pod of {_service(found)} broke the connection ({type(problem).__name__})\n", 502
                )
            else:
                return streamed(answer)
        return PlainTextResponse(f"no Pod of {_service(found)} can be reached: {failure}\n", 502)

    def _outgoing(self, request: Request, address: Address) -> httpx2.Request:
        client = request.client.host if request.client else ""
        forwarded = [
            ("X-Forwarded-For", client),
            ("X-Forwarded-Host", request.headers.get("host", "")),
            ("X-Forwarded-Proto", request.url.scheme),
        ]
        return outgoing(request, self._http, f"{address.ip}:{address.port}", forwarded)


def _service(found: Found) -> str:
    return f"Service {found.route.namespace}/{found.route.service} of cluster {found.cluster}"


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def make_app(table: IngressTable, http: httpx2.AsyncClient) -> Starlette:
    """The ASGI application: health, and everything else through the table."""
    proxy = ReverseProxy(table, http)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        scanning = asyncio.create_task(_rescan(table))
        yield
        scanning.cancel()
        await http.aclose()

    endpoints = [Endpoint(HEALTH, _health), Endpoint("/{path:path}", proxy.handle, methods=METHODS)]
    return Starlette(routes=endpoints, lifespan=lifespan)


async def _rescan(table: IngressTable) -> None:
    while True:
        try:
            await asyncio.to_thread(table.rescan)
        except OSError:
            logging.getLogger(__name__).exception("the clusters' folder cannot be read")
        await asyncio.sleep(RESCAN_SECONDS)


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.cluster.ingress", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to serve on")
    parser.add_argument("--clusters-dir", type=Path, required=True, help="folder of the clusters' folders")
    flags = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    serve(make_app(IngressTable(flags.clusters_dir), other_side(READ_SECONDS)), flags.port)


if __name__ == "__main__":
    main()
