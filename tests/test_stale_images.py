"""Old code that keeps running: nine ways to get it from tags, shown on a node's image store, and none from us.

A node asked to run a tag it has pulled before does not ask the registry again: that is `IfNotPresent`, the default for
every tag but `latest`. Each test first shows what that does to a tag `<version>-<short hash>` that is built and pushed
anew whatever it says, as many pipelines do it, and then that what we would deploy runs the code it was built from. The
registry, the node's image store, git, uv and the builder are the real ones.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import socket
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from langsmith_client.errors import ConflictError
from langsmith_client.image.layers import LayersBuilder
from langsmith_client.image.publish import PublishedImage, build_request, publish
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.project import load_project
from langsmith_client.registry import Login, Registry
from langsmith_sandbox.cluster.distribution import Distribution
from langsmith_sandbox.cluster.image_builder import ImageSpec, push_image
from langsmith_sandbox.cluster.images import ImageStore
from langsmith_sandbox.registry.gate import Gate, make_app
from langsmith_sandbox.registry.login import password
from langsmith_sandbox.toolchain import ensure

SITE_PACKAGES = "usr/local/lib/python3.11/site-packages"
SECRET = "signs the registry's logins"
CONFIG = {"dependencies": ["."], "graphs": {"greeter": "./greeter/graph.py:graph"}}
FILES = {
    "langgraph.json": json.dumps(CONFIG),
    "pyproject.toml": '[project]\nname = "greeter"\nversion = "1.2.0"\ndependencies = []\n',
    "greeter/graph.py": "graph = 'old'\n",
}


@dataclasses.dataclass(frozen=True)
class Agent:
    """An agent in a git repository."""

    folder: Path

    def write(self, files: Mapping[str, str]) -> Agent:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self) -> Agent:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Change")
        return self


@dataclasses.dataclass(frozen=True)
class Node:
    """A node with its own image store."""

    store: ImageStore

    def runs(self, image: ImageReference | PublishedImage, file: str = "deps/greeter/greeter/graph.py") -> str:
        """What a Pod that names `image` finds in `file`, pulled only if the node does not have it."""
        text = str(image) if isinstance(image, ImageReference) else image.by_digest
        found, _ = self.store.obtain(text, "IfNotPresent")
        return (found.root / file).read_text(encoding="utf-8").strip()


@dataclasses.dataclass(frozen=True)
class Pipelines:
    """Two ways from a folder to a registry: ours, and a tag from the short hash that is pushed whatever it says."""

    registry: Registry
    repository: Repository
    cache: Path

    def ours(self, agent: Agent, *, rebuild: bool = False) -> PublishedImage:
        builder = LayersBuilder(self.registry, self.cache / "ours")
        request = build_request(load_project(agent.folder, environ={}), self.repository)
        return publish(request, self.registry, [builder], rebuild=rebuild, say=lambda text: None)

    def by_tag(self, agent: Agent) -> ImageReference:
        project = load_project(agent.folder, environ={})
        naive = ImageReference(self.repository, f"{project.version}-{agent.git('rev-parse', '--short', 'HEAD')}")
        request = dataclasses.replace(build_request(project, self.repository), image=naive, fresh=True)
        LayersBuilder(self.registry, self.cache / "tag").publish(request, lambda text: None)
        return naive


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a real registry."""
    folder = tmp_path_factory.mktemp("registry")
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*probe.getsockname())
    config = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}},
        "http": {"addr": address},
    }
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
    process = subprocess.Popen(
        [str(ensure().registry), "serve", str(folder / "config.yml")],
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _answers(f"http://{address}/v2/")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(url: str) -> None:
    deadline = time.monotonic() + 30
    with httpx2.Client(timeout=2) as http:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.TransportError):
                http.get(url)
                return
            time.sleep(0.05)
    pytest.fail(f"nothing answers {url}")


class Anonymous:
    def login(self, host: str, service: str) -> Login | None:
        return None


@pytest.fixture
def distribution(storage: str) -> Iterator[Distribution]:
    """How nodes and other people's pipelines speak to the registry."""
    with httpx2.Client(base_url=f"http://{storage}", trust_env=False) as http:
        yield Distribution(storage, http=http)


@pytest.fixture
def base(distribution: Distribution) -> Callable[[str], None]:
    """Moves the tag of the agents' base image to one that holds `text`."""

    def move(text: str) -> None:
        files = {"base.txt": text.encode(), f"{SITE_PACKAGES}/shipped-1.0.dist-info/METADATA": b"-"}
        spec = ImageSpec("langchain/langgraph-api", "3.11", "agent-server", ("python",), {}, files)
        push_image(spec, distribution)

    move("old base")
    return move


@pytest.fixture
def pipelines(storage: str, base: Callable[[str], None], tmp_path: Path) -> Iterator[Pipelines]:
    with Registry(Anonymous(), mirrors={"docker.io": storage}) as registry:
        yield Pipelines(registry, Repository(storage, tmp_path.name.replace("_", "-").lower()), tmp_path / "caches")


@pytest.fixture
def node(distribution: Distribution, tmp_path: Path) -> Node:
    return Node(ImageStore(tmp_path / "node", distribution))


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")
    (tmp_path / "greeter").mkdir()
    made = Agent(tmp_path / "greeter").write(FILES)
    made.git("init", "--quiet")
    return made.commit()


def test_1_changed_files_that_nobody_committed(pipelines: Pipelines, node: Node, agent: Agent):
    tag, image = pipelines.by_tag(agent), pipelines.ours(agent)
    assert node.runs(tag) == node.runs(image) == "graph = 'old'"
    agent.write({"greeter/graph.py": "graph = 'new'\n"})
    assert node.runs(pipelines.by_tag(agent)) == "graph = 'old'", "the tag is the same: the node does not ask again"
    changed = pipelines.ours(agent)
    assert node.runs(changed) == "graph = 'new'"
    assert "-dirty-" in changed.image.reference


def test_2_a_short_hash_that_grows_with_the_clone(pipelines: Pipelines, node: Node, agent: Agent, tmp_path: Path):
    clone = Agent(tmp_path / "clone" / "greeter")
    agent.git("clone", "--quiet", str(agent.folder), str(clone.folder))
    clone.git("config", "core.abbrev", "10")
    assert pipelines.by_tag(agent) != pipelines.by_tag(clone), "one commit, two tags: which of them is newer?"
    here, there = pipelines.ours(agent), pipelines.ours(clone)
    assert (there.image, there.digest, there.reused) == (here.image, here.digest, True)
    assert len(here.image.reference) == len("1.2.0-") + 12


def test_3_a_base_image_that_moved(
    pipelines: Pipelines,
    node: Node,
    agent: Agent,
    base: Callable[[str], None],
    distribution: Distribution,
    tmp_path: Path,
):
    tag, first = pipelines.by_tag(agent), pipelines.ours(agent)
    assert node.runs(tag, "base.txt") == "old base"
    base("new base")
    pipelines.by_tag(agent)
    second_node = Node(ImageStore(tmp_path / "second-node", distribution))
    assert node.runs(tag, "base.txt") != second_node.runs(tag, "base.txt"), "replicas of one revision differ"
    again = pipelines.ours(agent)
    assert (again.digest, again.reused) == (first.digest, True), "a commit is not rebuilt behind anybody's back"
    rebuilt = pipelines.ours(agent, rebuild=True)
    assert node.runs(rebuilt, "base.txt") == second_node.runs(rebuilt, "base.txt") == "new base"
    assert rebuilt.image.reference == f"{first.image.reference}-r1"


def test_4_dependencies_that_float(
    pipelines: Pipelines, node: Node, agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name, value in {"UV_FIND_LINKS": str(wheels), "UV_NO_INDEX": "1", "UV_NO_CONFIG": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    pyproject = FILES["pyproject.toml"].replace("dependencies = []", 'dependencies = ["extra"]')
    agent.write({"pyproject.toml": pyproject}).commit()
    module = f"{SITE_PACKAGES}/extra/__init__.py"
    _publish_wheel(wheels, "1.0")
    tag, first = pipelines.by_tag(agent), pipelines.ours(agent)
    assert node.runs(tag, module) == node.runs(first, module) == "version = '1.0'"
    _publish_wheel(wheels, "2.0")
    old = pipelines.registry.digest(tag)
    assert pipelines.registry.digest(pipelines.by_tag(agent)) != old, "the same tag, other dependencies"
    assert node.runs(tag, module) == "version = '1.0'", "and the node does not notice"
    assert pipelines.ours(agent).digest == first.digest
    assert node.runs(pipelines.ours(agent, rebuild=True), module) == "version = '2.0'"


def test_5_files_that_git_ignores_and_the_image_holds(pipelines: Pipelines, node: Node, agent: Agent):
    agent.write({".gitignore": "prompt.txt\n"}).commit()
    prompt = "deps/greeter/prompt.txt"
    agent.write({"prompt.txt": "old prompt"})
    tag, image = pipelines.by_tag(agent), pipelines.ours(agent)
    assert node.runs(tag, prompt) == node.runs(image, prompt) == "old prompt"
    agent.write({"prompt.txt": "new prompt"})
    assert agent.git("status", "--porcelain") == "", "git has nothing to say"
    assert node.runs(pipelines.by_tag(agent), prompt) == "old prompt"
    assert node.runs(pipelines.ours(agent), prompt) == "new prompt"


def test_6_another_configuration_from_the_same_commit(pipelines: Pipelines, agent: Agent):
    agent.write({"staging.json": json.dumps({**CONFIG, "store": {"index": {"dims": 3}}})}).commit()
    production = build_request(load_project(agent.folder, environ={}), pipelines.repository)
    staging = build_request(load_project(agent.folder / "staging.json", environ={}), pipelines.repository)
    arm = build_request(load_project(agent.folder, environ={}), pipelines.repository, "linux/arm64")
    assert production.image == staging.image, "version and commit are the same"
    assert arm.image != production.image
    builder = LayersBuilder(pipelines.registry, pipelines.cache)
    first = publish(production, pipelines.registry, [builder], say=lambda text: None)
    with pytest.raises(ConflictError, match="built from other inputs"):
        publish(staging, pipelines.registry, [builder], say=lambda text: None)
    assert pipelines.registry.digest(first.image) == first.digest, "the tag still means what it meant"


@pytest.fixture
def gate(storage: str) -> Iterator[str]:
    """The same registry as ECR would be: every repository exists, and its tags are immutable."""
    rules = {"imageTagMutability": "IMMUTABLE", "exclusions": []}

    async def account(_request: object) -> JSONResponse:
        return JSONResponse({"registryId": "123456789012", "repository": rules})

    emulator = httpx2.ASGITransport(app=Starlette(routes=[Route("/{path:path}", account)]))
    beyond = httpx2.AsyncClient(mounts={"http://aws": emulator}, trust_env=False)
    server = uvicorn.Server(
        uvicorn.Config(make_app(Gate(beyond, storage, "http://aws", SECRET)), port=0, log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the gate did not start"
        time.sleep(0.01)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


class Operator:
    def login(self, host: str, service: str) -> Login | None:
        return Login("AWS", password(SECRET, time.time()))


def test_7_a_registry_whose_tags_are_immutable(
    gate: str, base: Callable[[str], None], storage: str, agent: Agent, tmp_path: Path
):
    with Registry(Operator(), mirrors={"docker.io": storage}) as registry:
        immutable = Pipelines(registry, Repository(gate, "immutable"), tmp_path / "caches")
        tag, image = immutable.by_tag(agent), immutable.ours(agent)
        agent.write({"greeter/graph.py": "graph = 'new'\n"})
        with pytest.raises(ConflictError, match=str(registry.digest(tag))):
            immutable.by_tag(agent)
        changed = immutable.ours(agent)
        assert (changed.reused, changed.digest != image.digest) == (False, True)
        assert immutable.ours(agent).reused, "nothing is pushed a second time"


def test_8_versions_that_are_no_tags(pipelines: Pipelines, node: Node, agent: Agent):
    agent.write({"pyproject.toml": FILES["pyproject.toml"].replace("1.2.0", "1.2.0+cu12")}).commit()
    image = pipelines.ours(agent)
    assert image.image.reference.startswith("1.2.0_cu12-"), "a plus is legal in a version and illegal in a tag"
    assert node.runs(image) == "graph = 'old'"


def test_9_a_tag_that_someone_pushed_over_by_hand(
    pipelines: Pipelines, node: Node, agent: Agent, distribution: Distribution
):
    image = pipelines.ours(agent)
    theirs = {"deps/greeter/greeter/graph.py": b"graph = 'theirs'"}
    push_image(ImageSpec(pipelines.repository.path, image.image.reference, "sandbox", (), files=theirs), distribution)
    assert node.runs(image.image) == "graph = 'theirs'", "a node that pulls the tag now runs somebody else's code"
    assert node.runs(image) == "graph = 'old'", "what is deployed is the digest"


def _publish_wheel(folder: Path, version: str) -> None:
    info = f"extra-{version}.dist-info"
    files = {
        "extra/__init__.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: extra\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items()]
    files[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"extra-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
