"""The command line, run in this process against a control plane and a registry in memory."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from langsmith_client.cli import looking, main, session
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.proof import Proof
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, Phase, Revision

REPOSITORY = "127.0.0.1:5000/greeter"
SECRET = "canary-secret-value"
FIRST, SECOND = "a" * 40, "b" * 40


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    def events(self) -> list[dict[str, Any]]:
        """The JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Outcome]:
    """Runs the command line; an error nobody expected fails the test instead of looking like an exit code."""
    for name in [name for name in os.environ if name.startswith(("LANGSMITH_", "LANGGRAPH_", "LANGCHAIN_"))]:
        if name != "LANGSMITH_TEST_REGISTRY_BINARY":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANGSMITH_CONFIG_FILE", str(tmp_path / "langsmith" / "config.json"))
    monkeypatch.setenv("LANGSMITH_CLIENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))

    def run(*arguments: str, stdin: str | None = None, **env: str) -> Outcome:
        result = CliRunner().invoke(main, list(arguments), env=env, input=stdin)
        ended_by = result.exception
        defect = ended_by.__context__ if isinstance(ended_by, SystemExit) else ended_by
        if "this is a defect of langsmith-client" in result.output and defect is not None:
            raise defect
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch, target: Any, open_registry: Any) -> Any:
    """The command line talks to the target and, where it looks images up, to the registry in memory."""
    monkeypatch.setattr(session, "connected", lambda where, place=None: contextlib.nullcontext(target))
    monkeypatch.setattr(looking, "registries", open_registry)
    monkeypatch.setattr(looking, "glanced_registries", open_registry)
    return target


@pytest.fixture
def push(server):
    """Puts an image with the given labels into the registry; returns it by digest."""

    def push(labels):
        blob = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": dict(labels)}}).encode()
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        server.blobs["greeter", digest] = blob
        manifest = Manifest(json.dumps({"config": {"digest": digest}, "layers": []}).encode(), OCI_MANIFEST)
        server.manifests["greeter", manifest.digest] = manifest
        return f"{REPOSITORY}@{manifest.digest}"

    return push


def labels(commit, version):
    """What an image says that was built from a clean commit."""
    return {
        "org.opencontainers.image.revision": commit,
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.ref.name": f"{version}-{commit[:12]}",
        "com.langsmith-client.dirty": "false",
    }


@pytest.fixture
def images(push):
    """Two images in the registry, of two commits; their references by digest."""
    return push(labels(FIRST, "1.0.0")), push(labels(SECOND, "2.0.0"))


@pytest.fixture
def greeter(connected, images, monkeypatch):
    """A deployment that was deployed twice; its pods serve the second revision."""
    old, new = images
    connected.history = [
        Revision("2222-second", Phase.DEPLOYED, "DEPLOYED", new, created_at="2026-11-02T12:00:00Z"),
        Revision("1111-first", Phase.DEPLOYED, "DEPLOYED", old, created_at="2026-11-01T12:00:00Z"),
    ]
    connected.deployment = Deployment(
        "d1",
        "greeter",
        {"listener": "l1", "namespace": "agents"},
        connected.history[0],
        {"TOKEN": SECRET},
        url="http://agents.example/lgp/greeter",
        active_revision_id="2222-second",
        page="http://dashboard.example/d1",
    )
    monkeypatch.setattr("langsmith_client.proof.ask", lambda url: Proof(False, "2222-second"))
    return connected


@pytest.fixture
def pods(monkeypatch, clock):
    """What the pods say when a rollback asks for proof."""
    said = {"proof": Proof(True, "restored-1")}

    def surroundings(target, reporter):
        return Surroundings(target, reporter, lambda *_, **__: said["proof"], clock, clock.sleep)

    monkeypatch.setattr(session, "surroundings", surroundings)
    return said
