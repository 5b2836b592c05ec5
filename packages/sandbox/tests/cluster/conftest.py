"""Objects and stand-ins the tests of the cluster share."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_sandbox.cluster.distribution import Distribution

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


def make_pod(name: str = "web", **changes: Any) -> Json:
    """A Pod as the API server would return it; ``spec`` and ``status`` are merged, the rest replaced."""
    metadata = {"name": name, "namespace": "agents", "uid": f"uid-{name}", "resourceVersion": "1", "labels": {}}
    spec = {"containers": [{"name": "main", "image": "team/app:1"}], "restartPolicy": "Always"}
    return {
        "metadata": {**metadata, **changes.get("metadata", {})},
        "spec": {**spec, **changes.get("spec", {})},
        "status": {"phase": "Pending", **changes.get("status", {})},
    }


class FakeObjects:
    """Secrets and ConfigMaps by (namespace, name), and tokens that say whom they are for."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], Json] = {}
        self.config_maps: dict[tuple[str, str], Json] = {}

    def add_secret(self, name: str, **values: str) -> None:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
        self.secrets["agents", name] = {"data": encoded}

    def add_config_map(self, name: str, **values: str) -> None:
        self.config_maps["agents", name] = {"data": dict(values)}

    def secret(self, namespace: str, name: str) -> Json | None:
        return self.secrets.get((namespace, name))

    def config_map(self, namespace: str, name: str) -> Json | None:
        return self.config_maps.get((namespace, name))

    def token(self, pod: Json, *, audience: str | None, seconds: int) -> str:
        return f"token of {pod['spec'].get('serviceAccountName', 'default')} for {audience} during {seconds}"


@pytest.fixture
def objects() -> FakeObjects:
    return FakeObjects()


class FakeRegistry:
    """An OCI registry in memory, strict where the real one is: no manifest without the right Accept header."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], tuple[bytes, str]] = {}
        self.requests: list[str] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.requests.append(f"{request.method} {path}")
        if match := re.fullmatch(r"/v2/(.+)/manifests/(.+)", path):
            return self._manifest(request, match[1], match[2])
        if re.fullmatch(r"/v2/.+/blobs/uploads/", path):
            return httpx2.Response(202, headers={"Location": "/upload?state=kept"})
        if path == "/upload":
            assert request.url.params["state"] == "kept", "the query of the Location is part of it"
            return self._store(request)
        digest = path.rpartition("/")[2]
        return httpx2.Response(200, content=self.blobs[digest]) if digest in self.blobs else httpx2.Response(404)

    def _manifest(self, request: httpx2.Request, repository: str, version: str) -> httpx2.Response:
        if request.method == "PUT":
            digest = f"sha256:{hashlib.sha256(request.content).hexdigest()}"
            for key in (version, digest):
                self.manifests[repository, key] = (request.content, request.headers["Content-Type"])
            return httpx2.Response(201)
        body, media_type = self.manifests.get((repository, version), (b"", "-"))
        if media_type not in request.headers.get("Accept", ""):
            return httpx2.Response(404)
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        headers = {"Content-Type": media_type, "Docker-Content-Digest": digest}
        return httpx2.Response(200, content=body, headers=headers)

    def _store(self, request: httpx2.Request) -> httpx2.Response:
        digest = request.url.params["digest"]
        if digest != f"sha256:{hashlib.sha256(request.content).hexdigest()}":
            return httpx2.Response(400)
        self.blobs[digest] = request.content
        return httpx2.Response(201)


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def distribution(registry: FakeRegistry) -> Distribution:
    transport = httpx2.MockTransport(registry.answer)
    return Distribution("registry", http=httpx2.Client(transport=transport, base_url="http://registry"))


@pytest.fixture
def pod() -> Callable[..., Json]:
    return make_pod
