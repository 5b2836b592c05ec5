"""A control plane for the listener: stateful, scoped by workspace, and able to fail at the worst moment."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import resolve
from langsmith_control_plane.secret import Secret
from langsmith_control_plane.transport import Transport
from langsmith_hybrid.listener.inputs import ListenerInputs
from langsmith_hybrid.listener.lifecycle import ListenerLifecycle

WORKSPACE = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11"
API_KEY = "lsv2_pt_canary_" + "c0ffee" * 4

Answer = tuple[int, Any]


class DroppedConnectionError(Exception):
    """The answer never leaves the server."""


@dataclasses.dataclass
class FakeControlPlane:
    """Listeners and deployments of one workspace behind the documented HTTP interface.

    Attributes:
        before: Called with method and path ahead of every request: other people's doings, and failures.
        lose: Requests to carry out without answering, as ``(method, path)``, each once.
        key: The only key it accepts.
    """

    listeners: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    deployments: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    before: list[Callable[[str, str], Answer | None]] = dataclasses.field(default_factory=list)
    lose: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    requests: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    key: str = API_KEY

    def register(self, compute_id: str, *namespaces: str) -> str:
        """A listener somebody else made; returns its id."""
        listener_id = str(uuid.uuid4())
        self.listeners[listener_id] = {
            "id": listener_id,
            "compute_type": "k8s",
            "compute_id": compute_id,
            "compute_config": {"k8s_namespaces": list(namespaces)},
            "version": None,
            "created_at": "2026-11-01T08:00:00Z",
            "updated_at": "2026-11-01T08:00:00Z",
        }
        return listener_id

    def deploy(self, name: str, listener_id: str, namespace: str = "agents", status: str = "READY") -> None:
        """A deployment on a listener."""
        config = {"listener_id": listener_id, "listener_config": {"k8s_namespace": namespace}}
        self.deployments.append({"id": str(uuid.uuid4()), "name": name, "status": status, "source_config": config})

    def namespaces(self, listener_id: str) -> list[str]:
        """What a listener may deploy to."""
        return self.listeners[listener_id]["compute_config"]["k8s_namespaces"]

    def writes(self) -> list[str]:
        """Methods of the requests that change something, in order."""
        return [method for method, _ in self.requests if method != "GET"]

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Answer:
        """Answer one request, or drop the connection."""
        path = urlsplit(target).path
        self.requests.append((method, path))
        for happening in list(self.before):
            if (refusal := happening(method, path)) is not None:
                return refusal
        if headers.get("x-api-key") != self.key:
            return 401, {"detail": f"Invalid API key {headers.get('x-api-key')}"}
        answer = self._route(method, path, dict(parse_qsl(urlsplit(target).query)), headers["x-tenant-id"], body)
        if (method, path) in self.lose:
            self.lose.remove((method, path))
            raise DroppedConnectionError
        return answer

    def _route(self, method: str, path: str, query: dict[str, str], tenant: str, body: Any) -> Answer:
        if path == "/v2/deployments" and method == "GET":
            return _page(self.deployments, query)
        if path == "/v2/listeners":
            owned = list(self.listeners.values()) if tenant == WORKSPACE else []
            return _page(owned, query) if method == "GET" else self._create(body)
        match = re.fullmatch(r"/v2/listeners/([^/]+)", path)
        if not match or match[1] not in self.listeners or tenant != WORKSPACE:
            return 404, {"detail": f"Listener ID {match[1] if match else ''} not found."}
        if method == "DELETE":
            del self.listeners[match[1]]
            return 204, None
        if method == "PATCH":
            self.listeners[match[1]].update(body)
        return 200, self.listeners[match[1]]

    def _create(self, body: dict[str, Any]) -> Answer:
        compute_id = body["compute_id"]
        if any(each["compute_id"] == compute_id for each in self.listeners.values()):
            detail = f"Listener for LangSmith workspace ID '{WORKSPACE}' and compute ID '{compute_id}' already exists."
            return 409, {"detail": detail}
        return 201, self.listeners[self.register(compute_id, *body["compute_config"]["k8s_namespaces"])]


def _page(resources: list[dict[str, Any]], query: dict[str, str]) -> Answer:
    offset, limit = int(query["offset"]), int(query["limit"])
    return 200, {"resources": resources[offset : offset + limit], "offset": offset + limit}


@pytest.fixture
def control_plane() -> FakeControlPlane:
    """A control plane without listeners."""
    return FakeControlPlane()


@pytest.fixture
def lifecycle(control_plane: FakeControlPlane) -> Iterator[ListenerLifecycle]:
    """The lifecycle over that control plane, in process and without waiting."""

    def wire(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content) if request.content else None
        target = request.url.raw_path.decode()
        try:
            status, answer = control_plane.answer(request.method, target, dict(request.headers), body)
        except DroppedConnectionError:
            raise httpx2.ReadTimeout("no answer") from None
        return httpx2.Response(status) if answer is None else httpx2.Response(status, json=answer)

    credentials = Credentials(Secret(API_KEY), WORKSPACE)
    endpoints = resolve("http://control.test", {})
    transport = Transport(
        endpoints.control_plane, credentials, wire=httpx2.MockTransport(wire), sleep=lambda _: None, jitter=lambda: 0.0
    )
    with ControlPlaneClient(endpoints, credentials, transport=transport) as client:
        yield ListenerLifecycle(client, sleep=lambda _: None)


@pytest.fixture
def wanted() -> Callable[..., ListenerInputs]:
    """Builds what a program wants of its listener."""

    def build(*namespaces: str, **fields: Any) -> ListenerInputs:
        return ListenerInputs(WORKSPACE, "hybrid", namespaces or ("agents",), **fields)

    return build


@pytest.fixture
def control_plane_url(control_plane: FakeControlPlane) -> Iterator[str]:
    """The control plane behind a real socket."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(content) if content else None
            try:
                status, answer = control_plane.answer(self.command, self.path, headers, body)
            except DroppedConnectionError:
                self.close_connection = True
                return
            payload = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815 - the server's own naming

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
