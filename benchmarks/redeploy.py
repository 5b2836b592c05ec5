"""How long a deploy takes that has nothing to do, proof included.

    python benchmarks/redeploy.py

Deploys agents/hello-world-graph to the sandbox's control plane, with the data plane and the agent's own answers played
here, and deploys it again. The peer is told the image, because it would build one else, and does not wait.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measured import BIN, Row, ratio, repeated, show, timed
from servers import agent, committed, control_plane, registry

from langsmith_sandbox.cluster.seed_images import seed
from langsmith_sandbox.toolchain import ensure

_RUNS = 7
_AGENT = Path(__file__).parents[1] / "agents" / "hello-world-graph"


def measure() -> Iterator[Row]:
    """Deploy once, then time that it is found to be done."""
    with tempfile.TemporaryDirectory(prefix="redeploy-") as name, contextlib.ExitStack() as running:
        root = Path(name)
        address = running.enter_context(registry(root / "registry"))
        plane = running.enter_context(control_plane(root / "plane"))
        seed(address, ensure().agent_server_python)
        project = root / "agent"
        shutil.copytree(_AGENT, project, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".pytest_cache"))
        committed(project)
        environ = {
            **os.environ,
            **plane.environ,
            "LANGSMITH_CLIENT_CACHE": str(root / "cache"),
            "LANGSMITH_CLIENT_REGISTRY_MIRRORS": f"docker.io={address}",
        }
        where = (f"--push-to={address}/bench", f"--listener-id={plane.listener()}", "--k8s-namespace=agents")
        deploy = (str(BIN / "langsmith-client"), "deploy", str(project), *where, "--builder=layers", "--json")
        deployed = _first(deploy, environ)
        url = running.enter_context(agent(lambda: deployed["revision_id"]))
        plane.deployed([(deployed["deployment_id"], deployed["revision_id"])], url)
        ours = repeated(lambda: timed((*deploy, "--detailed-exitcode"), environ, ends_with=3), _RUNS)

        image = f"{address}/bench@{deployed['digest']}"
        told = ("--name", deployed["name"], "--image-uri", image, "--host-url", plane.url, "--no-input", "--no-wait")
        peer = repeated(lambda: timed((str(BIN / "langgraph"), "deploy", *told), environ, folder=project), _RUNS)
    beside = ratio(ours, peer, "`langgraph deploy`")
    yield Row("`langsmith-client deploy`, unchanged: found to be served", ours, "under 0.7 s", beside)
    yield Row("`langgraph deploy --image-uri … --no-wait`: a new revision", peer)


def _first(deploy: tuple[str, ...], environ: dict[str, str]) -> dict[str, str]:
    """What the first deploy says it did."""
    done = subprocess.run((*deploy, "--no-wait"), env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"The first deploy ended with {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    show(measure())
