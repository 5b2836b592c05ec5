"""The registry as ECR would answer; run as ``python -m langsmith_sandbox.registry.gate``.

What ECR would let through is distribution's business; which repositories there are is the emulator's.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import dataclasses
import hashlib
import logging
import os
import sys
import time
from typing import TYPE_CHECKING

import httpx2
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from langsmith_sandbox.cluster.distribution import ACCEPT
from langsmith_sandbox.registry.login import standing
from langsmith_sandbox.registry.rules import Asked, EcrRepository, Refusal, asked, loses, refusal, tag_taken
from langsmith_sandbox.relay import other_side, outgoing, serve, streamed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.requests import Request

HEALTH = "/_sandbox/health"
SECRET_VARIABLE = "LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY"  # noqa: S105 - its name
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_READ_SECONDS = 300.0
_REMEMBERED_SECONDS = 1.0
_TAGS = "/tags/list"


@dataclasses.dataclass(frozen=True)
class _Known:
    """What the account says of a name, and when it said so."""

    account: str
    repository: EcrRepository | None
    since: float


class Gate:
    """Lets requests through to the storage, or answers in its place.

    Args:
        http: Speaks to the storage and to the emulator.
        storage: ``host:port`` of distribution's registry.
        aws: URL of the emulator.
        secret: Signs the logins that the emulator gives out.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, http: httpx2.AsyncClient, storage: str, aws: str, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.http = http
        self._storage, self._aws, self._secret, self._clock = storage, aws, secret, clock
        self._known: dict[str, _Known] = {}
        self._pushes: collections.defaultdict[tuple[str, str], asyncio.Lock] = collections.defaultdict(asyncio.Lock)

    async def handle(self, request: Request) -> Response:
        """Answer one request."""
        wish = asked(request.method, request.url.path)
        who = standing(request.headers.get("authorization", ""), self._secret, self._clock())
        try:
            known = await self._ask(wish.repository)
            refused = refusal(wish, who, known.repository, known.account)
            if refused is not None:
                return _refused(refused, request)
            if wish.method == "PUT" and wish.tag and known.repository and known.repository.keeps(wish.tag):
                return await self._push_once(request, wish)
            if known.repository and loses(wish.method, request.headers.get("content-range", "")):
                await request.body()
                return Response(status_code=201, headers={"Location": str(request.url)})
            answer = await self.http.send(outgoing(request, self.http, self._storage), stream=True)
            if answer.status_code == 404 and known.repository and request.url.path.endswith(_TAGS):
                await answer.aclose()  # to the storage, a repository without images is none
                return JSONResponse({"name": wish.repository, "tags": []})
            return streamed(answer)
        except httpx2.HTTPError as problem:
            return PlainTextResponse(f"the registry's storage broke off ({type(problem).__name__})\n", 502)

    async def _push_once(self, request: Request, wish: Asked) -> Response:
        # Two pushes of one tag at once would both find it free.
        async with self._pushes[wish.repository, wish.tag]:
            there = await self.http.head(
                f"http://{self._storage}/v2/{wish.repository}/manifests/{wish.tag}", headers={"Accept": ACCEPT}
            )
            digest = f"sha256:{hashlib.sha256(await request.body()).hexdigest()}"
            if there.status_code == 200 and there.headers["Docker-Content-Digest"] != digest:
                return _refused(tag_taken(wish), request)
            return streamed(await self.http.send(outgoing(request, self.http, self._storage), stream=True))

    async def _ask(self, name: str) -> _Known:
        known = self._known.get(name)
        if known is None or self._clock() - known.since > _REMEMBERED_SECONDS:
            answer = await self.http.get(f"{self._aws}/_sandbox/ecr/{name}")
            said = answer.raise_for_status().json()
            mine = said["repository"]
            repository = EcrRepository(mine["imageTagMutability"], tuple(mine["exclusions"])) if mine else None
            known = self._known[name] = _Known(said["registryId"], repository, self._clock())
        return known


def _refused(refused: Refusal, request: Request) -> Response:
    headers = {"Docker-Distribution-Api-Version": "registry/2.0"}
    if refused.status == 401:
        realm = f"http://{request.headers.get('host', '')}/"
        headers["WWW-Authenticate"] = f'Basic realm="{realm}",service="ecr.amazonaws.com"'
    return JSONResponse(refused.body, refused.status, headers)


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def make_app(gate: Gate) -> Starlette:
    """The ASGI application."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await gate.http.aclose()

    routes = [Route(HEALTH, _health), Route("/{path:path}", gate.handle, methods=METHODS)]
    return Starlette(routes=routes, lifespan=lifespan)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Exit code 2 when the environment lacks the secret."""
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.registry.gate", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to serve on")
    parser.add_argument("--storage", required=True, metavar="HOST:PORT", help="distribution's registry")
    parser.add_argument("--aws", required=True, metavar="URL", help="the AWS emulator")
    flags = parser.parse_args(argv)
    secret = os.environ.get(SECRET_VARIABLE)
    if not secret:
        remedy = "Start it with `langsmith-sandbox start`."
        sys.stderr.write(f"The registry was started without {SECRET_VARIABLE}. {remedy}\n")
        return 2
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    serve(make_app(Gate(other_side(_READ_SECONDS), flags.storage, flags.aws.rstrip("/"), secret)), flags.port)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
