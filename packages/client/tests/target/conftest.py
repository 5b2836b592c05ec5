"""A control plane in memory, as small as a deploy needs it, that fails on demand."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx2
import pytest

from langsmith_client.target.control_plane import ControlPlaneTarget, Place
from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import Endpoints
from langsmith_control_plane.secret import Secret
from langsmith_control_plane.transport import Transport

API_KEY = "lsv2_pt_canary_0123456789"
Fault = Callable[[httpx2.Request, Callable[[], httpx2.Response]], httpx2.Response]


class FakeControlPlane:
    """Listeners, deployments and revisions of one workspace.

    Attributes:
        requests: `METHOD path` of everything asked, in order.
        forgetful: Answers to a creation do not say which revision was made.
        redeploy: Whether going back works, is unknown to this version, or answers and does nothing.
        logs: Lines of the deploy log, oldest first.
        fault: Given a request and the way to carry it out, answers in its place; None to behave.
    """

    def __init__(self) -> None:
        self.listeners = {"listener-1": ["agents"]}
        self.deployments: dict[str, dict[str, Any]] = {}
        self.revisions: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.fault: Fault | None = None
        self.forgetful = False
        self.redeploy: Literal["works", "missing", "idle"] = "works"
        self.logs: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(f"{request.method} {request.url.path}")
        if self.fault:
            return self.fault(request, lambda: self._serve(request))
        return self._serve(request)

    def posts(self) -> list[str]:
        """The requests that made something."""
        return [line for line in self.requests if line.startswith("POST")]

    def _serve(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.read() or b"null")
        parts = request.url.path.strip("/").split("/")[1:]
        match [request.method, *parts]:
            case ["GET", "listeners"]:
                return _page([self._listener(each) for each in self.listeners])
            case ["GET", "listeners", listener] if listener in self.listeners:
                return httpx2.Response(200, json=self._listener(listener))
            case ["GET", "deployments"]:
                return _page(list(self.deployments.values()))
            case ["POST", "deployments"]:
                return self._create(body)
            case ["GET", "deployments", deployment] if deployment in self.deployments:
                return httpx2.Response(200, json=self.deployments[deployment])
            case ["DELETE", "deployments", deployment] if deployment in self.deployments:
                del self.deployments[deployment]
                return httpx2.Response(204)
            case ["POST", "projects", _, "deploy_logs"]:
                return self._log(body)
            case [method, "deployments", deployment, "revisions", *rest] if deployment in self.deployments:
                return self._serve_revisions([method, *rest], deployment, body, request.url.params)
        return _missing(parts)

    def _serve_revisions(
        self, call: list[str], deployment: str, body: dict[str, Any], query: Mapping[str, Any]
    ) -> httpx2.Response:
        match call:
            case ["POST"]:
                return httpx2.Response(201, json=self._revise(deployment, body))
            case ["GET"]:
                return _page(self.revisions[deployment])
            case ["POST", revision, "redeploy"] if self.redeploy != "missing":
                return self._redeploy(deployment, revision)
            case ["GET", _, "logs"]:
                return self._log(query)
            case ["GET", revision]:
                (found,) = [each for each in self.revisions[deployment] if each["id"] == revision]
                return httpx2.Response(200, json=found)
        return _missing(["revisions", *call[1:]])

    def _listener(self, name: str) -> dict[str, Any]:
        config = {"k8s_namespaces": self.listeners[name]}
        return {"id": name, "compute_type": "k8s", "compute_id": "cluster-1", "compute_config": config}

    def _create(self, body: dict[str, Any]) -> httpx2.Response:
        if any(each["name"] == body["name"] for each in self.deployments.values()):
            return httpx2.Response(409, json={"detail": f"Deployment {body['name']} already exists."})
        made = {**body, "id": str(uuid.uuid4()), "tenant_id": "t", "status": "READY"}
        self.deployments[made["id"]] = made
        self.revisions[made["id"]] = []
        self._revise(made["id"], body)
        return httpx2.Response(201, json={**made, "latest_revision_id": None} if self.forgetful else made)

    def _redeploy(self, deployment_id: str, revision_id: str) -> httpx2.Response:
        (found,) = [each for each in self.revisions[deployment_id] if each["id"] == revision_id]
        if self.redeploy == "works":
            self._revise(deployment_id, {"source_revision_config": found["source_revision_config"]})
        return httpx2.Response(200, json=self.deployments[deployment_id])

    def _log(self, asked: Mapping[str, Any]) -> httpx2.Response:
        assert asked["order"] == "desc"
        start = int(asked.get("offset", 0))
        end = start + int(asked["limit"])
        newest_first = self.logs[::-1]
        offset = str(end) if end < len(newest_first) else None
        return httpx2.Response(200, json={"logs": newest_first[start:end], "next_offset": offset})

    def _revise(self, deployment_id: str, body: dict[str, Any]) -> dict[str, Any]:
        self.bodies.append(body)
        deployment = self.deployments[deployment_id]
        source = body["source_revision_config"]
        made = {"id": str(uuid.uuid4()), "status": "DEPLOYED", "source_revision_config": source}
        self.revisions[deployment_id].insert(0, made)
        deployment.update(latest_revision_id=made["id"], source_revision_config=source)
        deployment["secrets"] = body.get("secrets") or deployment["secrets"]
        deployment["secret_references"] = body.get("secret_references", deployment.get("secret_references", []))
        if spec := body.get("source_config", {}).get("resource_spec"):
            deployment["source_config"]["resource_spec"] = spec
        deployment["source_config"]["custom_url"] = "http://agents.example/lgp/x"
        return made


def _missing(parts: list[str]) -> httpx2.Response:
    return httpx2.Response(404, json={"detail": f"{parts[0][:-1].capitalize()} ID {parts[-1]} not found."})


def _page(resources: list[dict[str, Any]]) -> httpx2.Response:
    return httpx2.Response(200, json={"resources": resources, "offset": len(resources)})


@pytest.fixture
def plane() -> FakeControlPlane:
    """An empty control plane with one listener."""
    return FakeControlPlane()


@pytest.fixture
def connect(plane: FakeControlPlane) -> Callable[..., ControlPlaneTarget]:
    """A target on it, whose waits cost no time."""

    def make(listener: str | None = "listener-1", namespace: str | None = "agents") -> ControlPlaneTarget:
        credentials = Credentials(Secret(API_KEY))
        wire = httpx2.MockTransport(plane)
        transport = Transport("http://control.example", credentials, wire=wire, sleep=lambda seconds: None)
        client = ControlPlaneClient(
            Endpoints("http://control.example", "http://dashboard.example"), credentials, transport=transport
        )
        return ControlPlaneTarget(client, Place.of(listener, namespace), sleep=lambda seconds: None)

    return make
