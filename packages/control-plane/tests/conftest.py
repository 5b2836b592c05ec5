"""A client whose network is a function, and the waits it would have slept through."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest

from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import resolve
from langsmith_control_plane.retry import RetryPolicy
from langsmith_control_plane.secret import Secret
from langsmith_control_plane.transport import Transport

API_KEY = "lsv2_pt_canary_0123456789"
WORKSPACE = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
BASE_URL = "https://control.example.com/api-host"

Handler = Callable[[httpx2.Request], httpx2.Response]


@dataclasses.dataclass
class Wire:
    """A scripted network: answers in order, the last one for ever, and remembers what was asked."""

    answers: list[httpx2.Response | Exception | Handler]
    requests: list[httpx2.Request] = dataclasses.field(default_factory=list)
    waits: list[float] = dataclasses.field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)

    def transport(self, tries: int = 4) -> Transport:
        """A transport over this wire, which never really waits."""
        return Transport(
            BASE_URL,
            Credentials(Secret(API_KEY), WORKSPACE),
            wire=httpx2.MockTransport(self),
            retry=RetryPolicy(tries=tries),
            sleep=self.waits.append,
            jitter=lambda: 1.0,
        )

    def client(self) -> ControlPlaneClient:
        """A client over this wire."""
        return ControlPlaneClient(
            resolve(BASE_URL, {}), Credentials(Secret(API_KEY), WORKSPACE), transport=self.transport()
        )

    def sent(self) -> list[tuple[str, str]]:
        """Method and path of every request."""
        return [(request.method, request.url.path) for request in self.requests]

    def last_body(self) -> Any:
        """The JSON body of the last request."""
        return json.loads(self.requests[-1].content)


@pytest.fixture
def wire() -> Callable[..., Wire]:
    """Builds a wire from answers."""
    return lambda *answers: Wire(list(answers))


@pytest.fixture
def listener_answer() -> Callable[..., dict[str, Any]]:
    """Builds a listener as the server answers it."""

    def build(**fields: Any) -> dict[str, Any]:
        return {
            "id": "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11",
            "compute_type": "k8s",
            "compute_id": "hybrid",
            "compute_config": {"k8s_namespaces": ["agents"]},
            "created_at": "2026-11-01T08:00:00Z",
            "updated_at": "2026-11-01T08:00:00Z",
            "version": None,
        } | fields

    return build


@pytest.fixture
def deployment_answer() -> Callable[..., dict[str, Any]]:
    """Builds a deployment as the server answers it."""

    def build(**fields: Any) -> dict[str, Any]:
        return {
            "id": "5a0c1df5-4c9b-4d4a-8f6e-6a2b5d1b7a10",
            "name": "hello",
            "source": "external_docker",
            "source_config": {"listener_id": "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11", "resource_spec": {"cpu": 1}},
            "source_revision_config": {"image_uri": "registry/hello@sha256:00"},
            "secrets": [{"name": "OPENAI_API_KEY", "value": "sk-very-secret"}],
            "secret_references": None,
            "tenant_id": WORKSPACE,
            "created_at": "2026-11-01T08:00:00Z",
            "updated_at": "2026-11-01T08:00:00Z",
            "status": "READY",
            "latest_revision_id": "11111111-1111-4111-8111-111111111111",
            "active_revision_id": None,
        } | fields

    return build


@pytest.fixture
def paged() -> Callable[[list[Mapping[str, Any]]], Handler]:
    """A handler that serves a list page by page, as the real one does: at most 100 a page."""

    def build(resources: list[Mapping[str, Any]]) -> Handler:
        def answer(request: httpx2.Request) -> httpx2.Response:
            limit, offset = int(request.url.params["limit"]), int(request.url.params["offset"])
            page = resources[offset : offset + limit]
            return httpx2.Response(200, json={"resources": page, "offset": offset + len(page)})

        return answer

    return build
