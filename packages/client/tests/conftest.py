"""What the tests share: real agents in real git repositories, a registry and a target in memory, and a clock."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import httpx2
import pytest
from agent_folders import Agent
from registry_in_memory import FakeRegistry
from target_in_memory import FakeTarget

from langsmith_client.image.layer import Entry, write_layer
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry import Login, Registry
from langsmith_client.registry.upload import in_memory
from langsmith_client.table import Row

SITE_PACKAGES = "/usr/local/lib/python3.11/site-packages"
HOST = "127.0.0.1:5000"
PYPROJECT = '[project]\nname = "greeter"\nversion = "1.2.0"\ndependencies = []\n'


@pytest.fixture(autouse=True)
def quiet_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commits that depend on nobody's configuration and on no clock, made by a developer and not in CI."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-01-02T03:04:05Z")


@pytest.fixture
def make_agent(tmp_path: Path) -> Callable[..., Agent]:
    """Makes an agent in a named folder, committed to a repository of its own unless `git` is False."""

    def make(folder: str = "greeter", *, git: bool = True, files: Mapping[str, str] | None = None) -> Agent:
        agent = Agent(tmp_path / folder)
        agent.folder.mkdir(parents=True)
        config = {"dependencies": ["."], "graphs": {"greeter": "./greeter/graph.py:graph"}}
        agent.write(
            {
                "langgraph.json": json.dumps(config),
                "pyproject.toml": PYPROJECT,
                "greeter/graph.py": "graph = 1\n",
                **(files or {}),
            }
        )
        if git:
            agent.git("init", "--quiet")
            agent.commit("Start")
        return agent

    return make


@pytest.fixture
def agent(make_agent: Callable[..., Agent]) -> Agent:
    """One committed agent."""
    return make_agent()


class Anonymous:
    """Nobody is logged in anywhere."""

    def login(self, host: str, service: str) -> Login | None:
        """No login."""
        return None


@pytest.fixture
def server() -> FakeRegistry:
    """An empty registry."""
    return FakeRegistry()


@pytest.fixture
def open_registry(server: FakeRegistry) -> Callable[[], Registry]:
    """Makes clients of it, for which it also mirrors Docker Hub."""
    return lambda: Registry(
        Anonymous(), mirrors={"docker.io": HOST}, transport=httpx2.MockTransport(server), sleep=lambda seconds: None
    )


@pytest.fixture
def registry(open_registry: Callable[[], Registry]) -> Iterator[Registry]:
    """One client of it."""
    with open_registry() as client:
        yield client


@pytest.fixture
def push_base(registry: Registry, tmp_path: Path) -> Callable[..., ImageReference]:
    """Pushes a small stand-in of the Agent Server's image, which ships the given packages."""

    def push(
        packages: Mapping[str, str], *, repository: str = "langchain/langgraph-api", tag: str = "3.11", **config: Any
    ) -> ImageReference:
        place = Repository(HOST, repository)
        pins = "".join(f"{name}=={version}\n" for name, version in packages.items())
        entries = [Entry(PurePosixPath("/api/constraints.txt"), pins.encode())]
        entries += [
            Entry(PurePosixPath(f"{SITE_PACKAGES}/{name}-{version}.dist-info/METADATA"), b"-")
            for name, version in packages.items()
        ]
        layer = write_layer(entries, tmp_path / "base.layer", owned=PurePosixPath("/"), comment="base")
        registry.upload(place, layer.digest, layer.size, layer.content)
        settings = {"Env": ["PORT=8000"], "Entrypoint": ["python"], "Labels": {"kept": "yes"}}
        values = {"architecture": "amd64", "os": "linux", "config": settings, **config}
        blob = json.dumps({**values, "rootfs": {"type": "layers", "diff_ids": [layer.diff_id]}}).encode()
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        registry.upload(place, digest, len(blob), in_memory(blob))
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": len(blob)},
            "layers": [
                {
                    "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                    "digest": layer.digest,
                    "size": layer.size,
                }
            ],
        }
        image = ImageReference(place, tag)
        registry.put_manifest(image, Manifest(json.dumps(manifest).encode(), OCI_MANIFEST))
        return image

    return push


@pytest.fixture
def read_layer() -> Callable[[bytes], dict[str, tarfile.TarInfo]]:
    """The entries of a gzipped layer by name."""

    def read(content: bytes) -> dict[str, tarfile.TarInfo]:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
            return {member.name: member for member in tar}

    return read


@dataclasses.dataclass
class Clock:
    """Time that passes only by sleeping."""

    now: float = 0.0
    pauses: list[float] = dataclasses.field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


@dataclasses.dataclass
class ListReporter:
    """Keeps what it is told."""

    said: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    tables: list[tuple[str, list[Row]]] = dataclasses.field(default_factory=list)
    finished: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    failed: list[Exception] = dataclasses.field(default_factory=list)

    def say(self, event: str, text: str, **fields: Any) -> None:
        """Keep progress."""
        self.said.append((event, text))

    def table(self, event: str, rows: Sequence[Row], *, headings: bool = True) -> None:
        """Keep rows."""
        self.tables.append((event, list(rows)))

    def finish(self, event: str, facts: Mapping[str, str], **fields: Any) -> None:
        """Keep an outcome."""
        self.finished.append({"event": event, **fields})

    def fail(self, error: Exception) -> None:
        """Keep an error."""
        self.failed.append(error)


@pytest.fixture
def reporter() -> ListReporter:
    """A reporter to look into."""
    return ListReporter()


@pytest.fixture
def target() -> FakeTarget:
    """An empty target."""
    return FakeTarget()
