"""What the tests share: real agents in real git repositories, a registry and a target in memory, and a clock."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import httpx2
import pytest

from langsmith_client.image.layer import Entry, write_layer
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.project import Project, load_project
from langsmith_client.registry import Login, Registry
from langsmith_client.registry.upload import in_memory
from langsmith_client.table import Row
from langsmith_client.target.protocol import Change, Deployment, LogLine, LogPage, Phase, Revision

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


@dataclasses.dataclass(frozen=True)
class Agent:
    """An agent's folder, alone or in a repository."""

    folder: Path

    def write(self, files: Mapping[str, str]) -> Agent:
        """Write files, given by their path in the folder."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def git(self, *arguments: str) -> str:
        """Run git in the folder."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str = "Change") -> str:
        """Commit everything; returns the full hash."""
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def load(self, **options: Any) -> Project:
        """Read it as the command line does."""
        return load_project(self.folder, environ={}, **options)


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


class FakeRegistry:
    """The part of the distribution API that clients rely on, with the strictness that catches them out.

    Attributes:
        requests: `METHOD path` of everything asked, in order.
        hook: Asked before each request; an answer it gives is sent instead.
    """

    def __init__(self) -> None:
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.manifests: dict[tuple[str, str], Manifest] = {}
        self.uploads: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.hook: Callable[[httpx2.Request], httpx2.Response | None] = lambda request: None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(f"{request.method} {request.url.path}")
        if answer := self.hook(request):
            return answer
        if listed := re.fullmatch(r"/v2/(.+)/tags/list", request.url.path):
            return self._tags(listed[1])
        match = re.fullmatch(r"/v2/(.+)/(manifests|blobs)/(.+)", request.url.path)
        assert match, request.url
        name, kind, reference = match.groups()
        if reference.startswith("uploads/"):
            return self._upload(request, name, reference.removeprefix("uploads/"))
        if kind == "manifests":
            return self._manifest(request, name, reference)
        content = self.blobs.get((name, reference))
        return _error(404, "BLOB_UNKNOWN") if content is None else _answer(request, content)

    def writes(self) -> list[str]:
        """The requests that change something."""
        return [line for line in self.requests if not line.startswith(("GET ", "HEAD "))]

    def _tags(self, name: str) -> httpx2.Response:
        tags = [tag for repository, tag in self.manifests if repository == name and ":" not in tag]
        return httpx2.Response(200, json={"name": name, "tags": tags}) if tags else _error(404, "NAME_UNKNOWN")

    def _upload(self, request: httpx2.Request, name: str, session: str) -> httpx2.Response:
        query = request.url.params
        if request.method == "POST":
            source = self.blobs.get((query.get("from", ""), query.get("mount", "")))
            if source is not None:
                self.blobs[name, query["mount"]] = source
                return httpx2.Response(201)
            self.uploads[session := str(len(self.uploads) + 1)] = b""
            return self._opened(202, name, session)
        if session not in self.uploads:
            return _error(404, "BLOB_UPLOAD_UNKNOWN")
        held = self.uploads[session]
        if request.method == "GET":
            return self._opened(204, name, session)
        if query["state"] != str(len(held)):  # an address is good for one request
            return _error(400, "BLOB_UPLOAD_INVALID")
        if request.method == "PATCH":
            if request.headers["Content-Range"].partition("-")[0] != str(len(held)):
                return _error(416, "RANGE_INVALID")
            self.uploads[session] += request.read()
            return self._opened(202, name, session)
        content, digest = held + request.read(), query["digest"]
        if "sha256:" + hashlib.sha256(content).hexdigest() != digest:
            return _error(400, "DIGEST_INVALID")
        del self.uploads[session]
        self.uploads[f"ended {session}"] = b""
        self.blobs[name, digest] = content
        return httpx2.Response(201)

    def _opened(self, status: int, name: str, session: str) -> httpx2.Response:
        held = len(self.uploads[session])
        headers = {"Location": f"/v2/{name}/blobs/uploads/{session}?state={held}", "Range": f"0-{max(held - 1, 0)}"}
        return httpx2.Response(status, headers=headers)

    def _manifest(self, request: httpx2.Request, name: str, reference: str) -> httpx2.Response:
        if request.method == "PUT":
            manifest = Manifest(request.read(), request.headers["Content-Type"])
            refers = [manifest.values["config"], *manifest.values["layers"]] if "config" in manifest.values else []
            if any((name, entry["digest"]) not in self.blobs for entry in refers):
                return _error(400, "MANIFEST_BLOB_UNKNOWN")
            self.manifests[name, reference] = self.manifests[name, manifest.digest] = manifest
            return httpx2.Response(201)
        manifest = self.manifests.get((name, reference))
        if manifest is None or manifest.media_type not in request.headers.get("Accept", ""):
            return _error(404, "MANIFEST_UNKNOWN")
        headers = {"Docker-Content-Digest": manifest.digest, "Content-Type": manifest.media_type}
        return _answer(request, manifest.content, headers)


def _answer(request: httpx2.Request, content: bytes, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    part = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
    if part:
        content = content[int(part[1]) : int(part[2]) + 1]
    body = httpx2.ByteStream(content if request.method == "GET" else b"")  # unread, as from a socket
    return httpx2.Response(206 if part else 200, stream=body, headers=headers)


def _error(status: int, code: str) -> httpx2.Response:
    return httpx2.Response(status, json={"errors": [{"code": code, "message": code.lower()}]})


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


class FakeTarget:
    """One deployment's place in memory, with every protocol of a target.

    Attributes:
        deployment: What `find` finds.
        others: Further deployments of the catalogue.
        history: Revisions, newest first; without any, just the deployment's newest.
        lines: The log of whatever revision, oldest first.
        problems: What `troubles` answers.
        changes: Every change that was applied.
        restored: Every revision that was gone back to.
        walk: What `revision` answers, in order, the last for ever: a phase, or an error to raise.
    """

    def __init__(self, deployment: Deployment | None = None) -> None:
        self.deployment = deployment
        self.others: list[Deployment] = []
        self.history: list[Revision] = []
        self.lines: list[LogLine] = []
        self.problems: tuple[str, ...] = ()
        self.restored: list[Revision] = []
        self.changes: list[Change] = []
        self.walk: list[Phase | Exception] = [Phase.DEPLOYED]
        self.refusal: Exception | None = None
        self.message: str | None = None

    def check(self, name: str, existing: Deployment | None) -> None:
        """Refuse if told to."""
        if self.refusal:
            raise self.refusal

    def find(self, name: str) -> Deployment | None:
        """The deployment, if it has the name."""
        return self.deployment if self.deployment and self.deployment.name == name else None

    def apply(self, change: Change) -> tuple[str, Revision]:
        """Make the next revision."""
        self.changes.append(change)
        made = Revision(f"revision-{len(self.changes)}", Phase.PENDING, "CREATING", change.image)
        before = self.deployment or Deployment("deployment-1", change.name, {}, None)
        self.deployment = dataclasses.replace(
            before,
            id="deployment-1",
            newest=made,
            environment=change.environment or before.environment,  # an empty one is no change, as in life
            resources=before.resources if change.resources is None else change.resources,
            references=before.references if change.references is None else change.references,
            url="http://agents.example/lgp/greeter",
        )
        return "deployment-1", made

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """The next step of the walk."""
        step = self.walk.pop(0) if len(self.walk) > 1 else self.walk[0]
        if isinstance(step, Exception):
            raise step
        newest = self.deployment.newest if self.deployment else None
        state = Revision(revision_id, step, step.name, newest.image if newest else None, self.message)
        if self.deployment and newest and newest.id == revision_id:
            self.deployment = dataclasses.replace(self.deployment, newest=state)
        return state

    def agent_headers(self, url: str) -> Mapping[str, str]:
        """A key for whatever agent."""
        return {"X-Api-Key": "agents-key"}

    def deployments(self) -> list[Deployment]:
        """The deployment and the others, as cheap as a list."""
        every = ([self.deployment] if self.deployment else []) + self.others
        return [dataclasses.replace(each, newest=None) for each in every]

    def newest(self, deployment: Deployment) -> Revision | None:
        """The newest revision of one of them."""
        known = {each.id: each.newest for each in [*self.others, *([self.deployment] if self.deployment else [])]}
        return known[deployment.id]

    def revisions(self, deployment: Deployment, *, limit: int) -> list[Revision]:
        """The history, or the newest revision alone."""
        newest = self.newest(deployment)
        return (self.history or ([newest] if newest else []))[:limit]

    def logs(
        self, deployment: Deployment, *, revision_id: str | None, limit: int, level: str | None, cursor: str | None
    ) -> LogPage:
        """The newest lines; a cursor counts those already read."""
        lines = [line for line in self.lines if level in {None, line.level}]
        end = len(lines) - int(cursor or 0)
        start = max(0, end - limit)
        return LogPage(tuple(lines[start:end]), str(len(lines) - start) if start else None)

    def troubles(self, deployment: Deployment) -> tuple[str, ...]:
        """What is wrong with the place."""
        return self.problems

    def restore(self, deployment: Deployment, revision: Revision) -> tuple[str, Revision]:
        """Make the next revision of an earlier one's image."""
        self.restored.append(revision)
        made = Revision(f"restored-{len(self.restored)}", Phase.PENDING, "CREATING", revision.image)
        self.deployment = dataclasses.replace(deployment, newest=made)
        return deployment.id, made


@pytest.fixture
def target() -> FakeTarget:
    """An empty target."""
    return FakeTarget()
