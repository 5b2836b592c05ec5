"""How quickly an agent's image reaches a registry without docker, beside docker itself where it is at hand.

    python benchmarks/image_push.py

Starts the real registry with the sandbox's base image in it and pushes agents/hello-world-graph: with nothing cached,
after a change of one line with nothing cached and with the dependency layer cached, and unchanged. The peer is what
LangChain's own CLI does, `langgraph build` and `docker push`; it needs a running docker.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measured import BIN, Row, Sample, ratio, repeated, show, timed
from servers import committed, registry

from langsmith_sandbox.cluster.seed_images import seed
from langsmith_sandbox.toolchain import ensure

_RUNS = 5
_AGENT = Path(__file__).parents[1] / "agents" / "hello-world-graph"
_PEER = "`langgraph build` and `docker push`"


def measure() -> Iterator[Row]:
    """Time each case on the same registry, one commit after the other."""
    with tempfile.TemporaryDirectory(prefix="image-push-") as folder, contextlib.ExitStack() as running:
        root = Path(folder)
        address = running.enter_context(registry(root / "registry"))
        seed(address, ensure().agent_server_python)
        agent = root / "agent"
        shutil.copytree(_AGENT, agent, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".pytest_cache"))
        committed(agent)
        ours = Ours(agent, f"{address}/bench", root / "cache", address)
        yield Row("`langsmith-client push`: nothing cached, empty repository", ours.push(cached=False))
        cold = repeated(lambda: ours.push(cached=False, change=True), _RUNS)
        warm = repeated(lambda: ours.push(change=True), _RUNS)
        same = repeated(ours.push, _RUNS)
        docker = peer(agent, f"{address}/peer:1")
        no_docker = "" if docker else "no docker daemon answers here"
        for what, sample, goal in (
            ("one line changed, nothing cached", cold, "under 3 s"),
            ("one line changed", warm, ""),
            ("unchanged", same, ""),
        ):
            beside = ratio(sample, docker, _PEER) if docker else no_docker
            yield Row(f"`langsmith-client push`: {what}", sample, goal, beside)
        if docker:
            yield Row(f"{_PEER}: one line changed", docker)


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
        command = (str(BIN / "langsmith-client"), "push", str(self.agent), "--push-to", self.repository)
        return timed((*command, "--builder", "layers", "--json"), environ)


def peer(agent: Path, tag: str) -> Sample | None:
    """`langgraph build` and `docker push` of `tag` after a change of one line; None without a docker that answers."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "version"], capture_output=True, check=False).returncode != 0:
        return None

    def build_and_push() -> Sample:
        change_one_line(agent)
        build = timed((str(BIN / "langgraph"), "build", "-t", tag, "-c", str(agent / "langgraph.json")))
        push = timed((docker, "push", tag))
        return Sample(build.wall + push.wall, build.cpu + push.cpu)

    build_and_push()
    return repeated(build_and_push, _RUNS)


def change_one_line(agent: Path) -> None:
    """Another last line of the graph's module, committed."""
    module = agent / "hello_world_graph" / "graph.py"
    lines = module.read_text(encoding="utf-8").splitlines()
    kept = lines[:-1] if lines[-1].startswith("# changed at ") else lines
    module.write_text("\n".join([*kept, f"# changed at {time.time_ns()}"]) + "\n", encoding="utf-8")
    committed(agent)


if __name__ == "__main__":
    show(measure())
