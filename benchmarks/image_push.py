"""How quickly an agent's image reaches a registry without docker, beside docker itself where it is at hand.

    python benchmarks/image_push.py

Starts the real registry with the sandbox's base image in it and pushes agents/hello-world-graph: with nothing cached,
after a change of one line with nothing cached and with the dependency layer cached, and unchanged. Prints wall-clock
seconds of the whole command (medians) and what of it is computing, which a busy machine changes less. The peer is what
LangChain's own CLI does, `langgraph build` and `docker push`; it needs a running docker.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx2

from langsmith_sandbox.cluster.seed_images import seed
from langsmith_sandbox.toolchain import ensure

_RUNS = 5
_START_TIMEOUT = 60.0  # seconds
_BIN = Path(sys.executable).parent
_AGENT = Path(__file__).parents[1] / "agents" / "hello-world-graph"
_GIT = ("git", "-c", "user.name=Bench", "-c", "user.email=bench@example.com")


@dataclasses.dataclass(frozen=True)
class Sample:
    """One run: wall-clock seconds, and seconds of computing in it and all it started."""

    wall: float
    cpu: float


def main() -> None:
    """Time each case on the same registry, one commit after the other."""
    with tempfile.TemporaryDirectory(prefix="image-push-") as folder, contextlib.ExitStack() as running:
        root = Path(folder)
        registry = running.enter_context(serving_registry(root / "registry"))
        agent = committed_agent(root / "agent")
        ours = Ours(agent, f"{registry}/bench", root / "cache", registry)
        show("nothing cached, empty repository", [ours.push(cached=False)])
        show("one line changed, nothing cached", [ours.push(cached=False, change=True) for _ in range(_RUNS)])
        show("one line changed", [ours.push(change=True) for _ in range(_RUNS)])
        show("unchanged", [ours.push() for _ in range(_RUNS)])
        peer(agent, f"{registry}/peer:1")


@dataclasses.dataclass(frozen=True)
class Ours:
    """`langsmith-client push` of one agent."""

    agent: Path
    repository: str
    cache: Path
    mirror: str

    def push(self, *, cached: bool = True, change: bool = False) -> Sample:
        """One push; without `cached` our cache and uv's are emptied first."""
        if not cached:
            shutil.rmtree(self.cache, ignore_errors=True)
        if change:
            change_one_line(self.agent)
        environ = {
            **os.environ,
            "LANGSMITH_CLIENT_CACHE": str(self.cache / "client"),
            "UV_CACHE_DIR": str(self.cache / "uv"),
            "LANGSMITH_CLIENT_REGISTRY_MIRRORS": f"docker.io={self.mirror}",
        }
        command = (str(_BIN / "langsmith-client"), "push", str(self.agent), "--push-to", self.repository)
        return timed((*command, "--builder", "layers", "--json"), environ)


def peer(agent: Path, tag: str) -> None:
    """`langgraph build` and `docker push` of `tag`, or a line on why not."""
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode != 0:
        sys.stdout.write(
            "langgraph build + docker push        no docker daemon answers here: nothing to compare with\n"
        )
        return

    def build_and_push() -> Sample:
        change_one_line(agent)
        config = str(agent / "langgraph.json")
        build = timed((str(_BIN / "langgraph"), "build", "-t", tag, "-c", config), os.environ)
        push = timed(("docker", "push", tag), os.environ)
        return Sample(build.wall + push.wall, build.cpu + push.cpu)

    build_and_push()
    show("langgraph build + docker push", [build_and_push() for _ in range(_RUNS)])


def timed(command: Sequence[str], environ: Mapping[str, str]) -> Sample:
    """Run to the end; the benchmark ends with the command's own words if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Sample(wall, cpu)


def show(what: str, samples: Sequence[Sample]) -> None:
    """One line of the table."""
    wall = statistics.median(sample.wall for sample in samples)
    cpu = statistics.median(sample.cpu for sample in samples)
    sys.stdout.write(f"{what:36} {wall:6.3f} s   {cpu:6.3f} s of it computing\n")
    sys.stdout.flush()


def committed_agent(folder: Path) -> Path:
    """The example agent in a repository of its own."""
    shutil.copytree(_AGENT, folder, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".pytest_cache"))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    commit(folder)
    return folder


def change_one_line(agent: Path) -> None:
    """Another last line of the graph's module, committed."""
    module = agent / "hello_world_graph" / "graph.py"
    lines = module.read_text(encoding="utf-8").splitlines()
    kept = lines[:-1] if lines[-1].startswith("# changed at ") else lines
    module.write_text("\n".join([*kept, f"# changed at {time.time_ns()}"]) + "\n", encoding="utf-8")
    commit(agent)


def commit(folder: Path) -> None:
    """Commit everything."""
    subprocess.run([*_GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*_GIT, "commit", "-q", "-m", "Change"], cwd=folder, check=True)


@contextlib.contextmanager
def serving_registry(folder: Path) -> Iterator[str]:
    """The real registry with the base image in it; gives its address."""
    tools = ensure()
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    folder.mkdir(parents=True)
    settings = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}},
        "http": {"addr": address},
    }
    (folder / "config.yml").write_text(json.dumps(settings), encoding="utf-8")
    process = subprocess.Popen(
        [str(tools.registry), "serve", str(folder / "config.yml")],
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx2.TransportError):
                httpx2.get(f"http://{address}/v2/", timeout=2)
                break
            time.sleep(0.05)
        seed(address, tools.agent_server_python)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


if __name__ == "__main__":
    main()
