from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_sandbox.cluster.errors import ClusterNotPreparedError
from langsmith_sandbox.cluster.ingress import HEALTH, make_app
from langsmith_sandbox.cluster.ingress_table import Found, IngressTable
from langsmith_sandbox.cluster.routing import Address, Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

ROUTE = Route("localhost", "/lgp/a", exact=False, namespace="agents", service="a", port=8000)
PODS = [Address("127.64.0.1", 8000), Address("127.64.0.2", 8000)]


class Slowly(httpx2.AsyncByteStream):
    """A stream whose second part comes only when the first was seen."""

    def __init__(self) -> None:
        self.seen = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"first"
        await self.seen.wait()
        yield b"second"


class FixedTable(IngressTable):
    """Always finds the same."""

    def __init__(self, found: Found | None) -> None:
        super().__init__(Path("/none"))
        self._found = found

    def find(self, host_header: str, path: str) -> Found | None:
        return self._found


def _request(found: Found | None, pods: Callable[[httpx2.Request], Any], **request: Any) -> httpx2.Response:
    async def run() -> httpx2.Response:
        upstream = httpx2.AsyncClient(transport=httpx2.MockTransport(pods))
        app = make_app(FixedTable(found), upstream)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:34567") as client:
            return await client.request(request.pop("method", "GET"), request.pop("path", "/lgp/a/ok"), **request)

    return asyncio.run(run())


def _found(*addresses: Address) -> Found:
    return Found("demo", ROUTE, list(addresses))


def test_requests_reach_the_pod_with_path_query_body_and_origin_unchanged():
    seen: list[httpx2.Request] = []

    def pod(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(201, headers={"X-Own": "1", "Connection": "close"}, stream=httpx2.ByteStream(b"done"))

    answer = _request(_found(PODS[0]), pod, method="POST", path="/lgp/a/r%20uns?x=1", content=b"body")
    assert (answer.status_code, answer.text, answer.headers["X-Own"]) == (201, "done", "1")
    assert "connection" not in answer.headers
    (request,) = seen
    assert str(request.url) == "http://127.64.0.1:8000/lgp/a/r%20uns?x=1", "the prefix is the agent's own business"
    assert request.content == b"body"
    assert request.headers["host"] == request.headers["x-forwarded-host"] == "localhost:34567"


def test_what_no_load_balancer_routes_is_404_and_says_so():
    answer = _request(None, lambda _: httpx2.Response(200))
    assert (answer.status_code, answer.text) == (
        404,
        "no load balancer of any cluster routes localhost:34567/lgp/a/ok\n",
    )


def test_a_service_without_ready_pods_is_503_and_named():
    answer = _request(_found(), lambda _: httpx2.Response(200))
    assert answer.status_code == 503
    assert answer.text == "Service agents/a of cluster demo has no ready Pods on port 8000\n"


def test_a_pod_that_refuses_is_passed_over_for_another():
    def pods(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == PODS[0].ip:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(200, stream=httpx2.ByteStream(b"second"))

    assert _request(_found(*PODS), pods).text == "second"


@pytest.mark.parametrize(
    ("problem", "status"),
    [(httpx2.ConnectError("x"), 502), (httpx2.ReadTimeout("x"), 504), (httpx2.RemoteProtocolError("x"), 502)],
)
def test_pods_that_do_not_answer_are_a_gateways_errors(problem: Exception, status: int):
    calls = 0

    def pods(_: httpx2.Request) -> httpx2.Response:
        nonlocal calls
        calls += 1
        raise problem

    assert _request(_found(*PODS), pods).status_code == status
    assert calls == (2 if isinstance(problem, httpx2.ConnectError) else 1), "what was sent is never sent twice"


def test_health_is_answered_by_the_ingress_itself():
    assert _request(None, lambda _: httpx2.Response(500), path=HEALTH).status_code == 200


def test_streams_are_passed_on_while_they_come():
    async def run() -> list[str]:
        stream = Slowly()
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=stream))
        app = make_app(FixedTable(_found(PODS[0])), httpx2.AsyncClient(transport=transport))
        parts: list[str] = []

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body" and message["body"]:
                parts.append(message["body"].decode())
                stream.seen.set()

        async def receive() -> Any:
            return await asyncio.Future()

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/lgp/a/stream",
            "raw_path": b"/lgp/a/stream",
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "scheme": "http",
            "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
            "root_path": "",
        }
        await asyncio.wait_for(app(scope, receive, send), 20)
        return parts

    assert asyncio.run(run()) == ["first", "second"], "a proxy that waits for the whole body would never end here"


def test_clusters_are_followed_as_their_folders_come_and_go(tmp_path: Path):
    asked: list[str] = []

    def connect(folder: Path) -> Any:
        asked.append(folder.name)
        raise ClusterNotPreparedError(str(folder))

    table = IngressTable(tmp_path, connect=connect)
    table.rescan()
    assert asked == []
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/ports.json").write_text("{}")
    table.rescan()
    table.rescan()
    assert asked == ["demo", "demo"], "a cluster that is just being made is tried again"
    assert table.find("localhost", "/") is None
