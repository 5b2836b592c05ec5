"""A control plane in process, on a clock that only tests move."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from starlette.types import ASGIApp

from langsmith_sandbox.control_plane.access import Access
from langsmith_sandbox.control_plane.app import create_app
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.store import Store

API_KEY = "lsv2-test-key"
WORKSPACE = uuid.UUID("11111111-1111-4111-8111-111111111111")
OTHER_WORKSPACE = uuid.UUID("22222222-2222-4222-8222-222222222222")
IMAGE = "registry.example/agent@sha256:" + "a" * 64


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
        self._running_from: float | None = None

    def __call__(self) -> dt.datetime:
        """The present moment."""
        ran = 0.0 if self._running_from is None else time.monotonic() - self._running_from
        return self.now + dt.timedelta(seconds=ran)

    def run(self) -> None:
        """Lets real time pass from here on, for clients that wait by themselves."""
        self._running_from = time.monotonic()

    def pass_seconds(self, seconds: float) -> None:
        """Moves on."""
        self.now += dt.timedelta(seconds=seconds)


@dataclasses.dataclass
class World:
    """One control plane and a client that carries the key and the workspace."""

    plane: Plane
    http: TestClient
    clock: Clock
    folder: Path
    api_key: str = API_KEY

    @contextlib.contextmanager
    def restarted(self) -> Iterator[World]:
        """A second control plane on the same folder, as after a restart."""
        with serve(self.folder, self.clock) as again:
            yield again

    @contextlib.contextmanager
    def on_a_socket(self) -> Iterator[str]:
        """The same control plane for clients that need a real connection; gives its URL."""
        with on_a_socket(self.http.app) as url:
            yield url

    def creation(self, listener_id: str | None, name: str = "hello", **changes: Any) -> dict[str, Any]:
        """The body that creates a deployment; ``changes`` replace top-level fields."""
        return creation(listener_id, name, **changes)

    def listener(self, compute_id: str = "cluster", namespaces: tuple[str, ...] = ("agents",)) -> str:
        """Registers a listener and returns its id."""
        body = {"compute_type": "k8s", "compute_id": compute_id, "compute_config": {"k8s_namespaces": namespaces}}
        answer = self.http.post("/v2/listeners", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def deployment(self, listener_id: str | None, name: str = "hello", **changes: Any) -> dict[str, Any]:
        """Creates a deployment and returns it."""
        answer = self.http.post("/v2/deployments", json=creation(listener_id, name, **changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def report(self, deployment: dict[str, Any], revision_id: str, status: str, **more: str) -> None:
        """Speaks as the data plane does."""
        url = f"/internal/v1/deployments/{deployment['id']}/revisions/{revision_id}/status"
        answer = self.http.post(url, json={"status": status, **more})
        assert answer.status_code == 204, answer.text

    def deploy(self, deployment: dict[str, Any], revision_id: str, url: str = "http://agents/hello") -> None:
        """Takes a fresh revision to ``DEPLOYED``."""
        self.clock.pass_seconds(5)
        self.report(deployment, revision_id, "DEPLOYING")
        self.report(deployment, revision_id, "DEPLOYED", url=url)

    def revisions(self, deployment: dict[str, Any]) -> list[dict[str, Any]]:
        """The deployment's revisions, newest first."""
        return self.http.get(f"/v2/deployments/{deployment['id']}/revisions").json()["resources"]

    def get(self, deployment: dict[str, Any]) -> dict[str, Any]:
        """The deployment as it is now."""
        return self.http.get(f"/v2/deployments/{deployment['id']}").json()


def creation(listener_id: str | None, name: str = "hello", **changes: Any) -> dict[str, Any]:
    """The body that creates a deployment; ``changes`` replace top-level fields."""
    source_config: dict[str, Any] = {"resource_spec": {}}
    if listener_id is not None:
        source_config |= {"listener_id": listener_id, "listener_config": {"k8s_namespace": "agents"}}
    return {
        "name": name,
        "source": "external_docker",
        "source_config": source_config,
        "source_revision_config": {"image_uri": IMAGE},
        "secrets": [{"name": "TOKEN", "value": "s3cret"}],
        **changes,
    }


def make_plane(folder: Path, clock: Clock) -> Plane:
    """A control plane whose key opens two workspaces."""
    digest = hashlib.sha256(API_KEY.encode()).hexdigest()
    return Plane(Store(folder), Access({digest: frozenset({WORKSPACE, OTHER_WORKSPACE})}), clock=clock)


@contextlib.contextmanager
def on_a_socket(app: ASGIApp) -> Iterator[str]:
    """The application on a real loopback port; gives its URL."""
    # Only a socket that says it is TCP is served without Nagle's algorithm, which costs 40 ms an answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started, "the server must come up"
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


@contextlib.contextmanager
def serve(folder: Path, clock: Clock) -> Iterator[World]:
    """A control plane in process, with a client that carries the key and the workspace."""
    plane = make_plane(folder, clock)
    headers = {"X-Api-Key": API_KEY, "X-Tenant-Id": str(WORKSPACE)}
    with TestClient(create_app(plane), headers=headers) as http:
        yield World(plane, http, clock, folder)
    plane.store.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh control plane."""
    with serve(tmp_path / "state", Clock()) as fresh:
        yield fresh
