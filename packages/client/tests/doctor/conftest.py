"""A world in which everything is right, to be broken in one place at a time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from langsmith_client.connection import Connection
from langsmith_client.doctor.examination import Surroundings, examine
from langsmith_client.doctor.examiner import Examiner, Finding
from langsmith_client.processes import Finished
from langsmith_client.registry import Login, Registry
from langsmith_client.where import Where
from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import Endpoints
from langsmith_control_plane.secret import Secret
from langsmith_control_plane.transport import Transport

HOST = "127.0.0.1:5000"
API_KEY = "lsv2_sk_canary_0123456789"
LISTENER = {
    "id": "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11",
    "compute_type": "k8s",
    "compute_id": "cluster-1",
    "compute_config": {"k8s_namespaces": ["agents"]},
    "version": "0.16.36",
}
TOML = f"""
[targets.dev]
push_to = "{HOST}/agents"
listener_id = "{LISTENER["id"]}"
namespace = "agents"
workspace_id = "workspace"
"""


@dataclasses.dataclass
class Plane:
    """A control plane's lists; `refusal` answers everything."""

    listeners: list[dict[str, Any]] = dataclasses.field(default_factory=lambda: [LISTENER])
    deployments: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    refusal: httpx2.Response | None = None
    asked: list[str] = dataclasses.field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if self.refusal:
            return httpx2.Response(self.refusal.status_code, content=self.refusal.content)
        found = self.listeners if request.url.path.endswith("/listeners") else self.deployments
        return httpx2.Response(200, json={"resources": found, "offset": len(found)})

    def client(self) -> ControlPlaneClient:
        """A client that never waits."""
        credentials = Credentials(Secret(API_KEY))
        wire = httpx2.MockTransport(self)
        transport = Transport("http://control.example", credentials, wire=wire, sleep=lambda seconds: None)
        return ControlPlaneClient(Endpoints("http://control.example", "http://x"), credentials, transport=transport)


class Nobody:
    """Nobody is logged in anywhere."""

    def login(self, host: str, service: str) -> Login | None:
        """No login."""
        return None


@dataclasses.dataclass
class World:
    """Everything doctor looks at.

    Attributes:
        repository: What ECR says about every repository.
        tools: What a program's run gives, by its name; a missing one is not installed.
    """

    agent: Any
    plane: Plane
    server: Any
    environ: dict[str, str]
    repository: dict[str, str] = dataclasses.field(default_factory=dict)
    tools: dict[str, Finished] = dataclasses.field(default_factory=dict)
    where: Where = Where()  # noqa: RUF009 - it is frozen

    def run(self, argv: Any, **options: Any) -> Finished:
        """Run a tool."""
        if argv[0] not in self.tools:
            raise FileNotFoundError(argv[0])
        return self.tools[argv[0]]

    def connect(self, connection: Connection) -> ControlPlaneClient:
        """As in life, credentials that cannot be sent are refused here."""
        connection.credentials()
        return self.plane.client()

    def open_registry(self, environ: Any) -> Registry:
        """A client of the registry, closed by whoever opens it."""
        wire = httpx2.MockTransport(self.server)
        return Registry(Nobody(), mirrors={"docker.io": HOST}, transport=wire, sleep=lambda seconds: None)

    def examine(self, **options: Any) -> Examiner:
        """Examine it."""
        aws = httpx2.MockTransport(lambda request: httpx2.Response(200, json={"repositories": [self.repository]}))
        around = Surroundings(self.environ, connect=self.connect, registry=self.open_registry, aws=aws, run=self.run)
        return examine(self.agent.load, self.where, around, **options)

    def findings(self, **options: Any) -> dict[str, Finding]:
        """Examine it; the findings by check, the last of a name."""
        return {finding.check: finding for finding in self.examine(**options).findings}


@pytest.fixture
def world(agent: Any, registry: Any, server: Any, push_base: Callable[..., Any], tmp_path: Any) -> World:
    """A committed agent, its target, a base image and a repository with an older image."""
    (tmp_path / "langsmith.toml").write_text(TOML)
    base = push_base({"langgraph-api": "0.16.7"})
    server.manifests["agents/greeter", "1.0.0-0123456789ab"] = registry.manifest(base)
    environ = {"LANGSMITH_API_KEY": API_KEY, "LANGSMITH_CONFIG_FILE": str(tmp_path / "no-profiles.json")}
    environ["LANGSMITH_CLIENT_CACHE"] = str(tmp_path / "cache")
    server.requests.clear()
    return World(agent, Plane(), server, environ, where=Where(target="dev", start=tmp_path))


def nodes(*platforms: str) -> Finished:
    """What kubectl prints for nodes of these platforms."""
    items = [
        {"status": {"nodeInfo": {"operatingSystem": system, "architecture": architecture}}}
        for system, architecture in (platform.split("/") for platform in platforms)
    ]
    return Finished(0, json.dumps({"items": items}).encode(), "")


@pytest.fixture
def kubectl() -> Callable[..., Finished]:
    """Makes kubectl's answers."""
    return nodes
