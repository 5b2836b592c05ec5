"""How long `langsmith-client plan` takes over a fleet in which nothing changed.

    python benchmarks/fleet_plan.py [AGENTS]

Starts the sandbox's control plane and the real registry, deploys a fleet of small agents as far as those two know, and
prints the wall-clock seconds of the whole command: the first time, when the labels of every image are read, and the
median of the runs after it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx2

from langsmith_client.fleet.members import Member, read_members
from langsmith_client.langsmith_toml import load_fleet
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry import Registry
from langsmith_client.registry.upload import in_memory
from langsmith_sandbox.toolchain import ensure

_AGENTS = 50
_RUNS = 7
_API_KEY = "lsv2_pt_benchmark_0123456789"
_WORKSPACE = str(uuid.UUID(int=1))
_START_TIMEOUT = 60.0  # seconds
_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
_LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


def main() -> None:
    """Deploy, then time `plan`."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _AGENTS
    with tempfile.TemporaryDirectory(prefix="fleet-plan-") as folder, contextlib.ExitStack() as running:
        root = Path(folder)
        registry = running.enter_context(serving_registry(root / "registry"))
        plane = running.enter_context(serving_control_plane(root / "plane"))
        fleet = root / "fleet"
        write_fleet(fleet, count, registry, register_listener(plane))
        members = read(fleet)
        push(members)
        deploy(members, plane)
        environ = {**environment(plane), "LANGSMITH_CLIENT_CACHE": str(root / "cache")}
        first, *warm = [seconds(fleet, environ) for _ in range(_RUNS + 1)]
        sys.stdout.write(
            f"plan over {count} unchanged agents   {statistics.median(warm):.3f} s   ({first:.3f} s the first time)\n"
        )


def seconds(fleet: Path, environ: Mapping[str, str]) -> float:
    """Wall-clock seconds of one plan that has nothing to do."""
    command = [str(Path(sys.executable).parent / "langsmith-client"), "plan", "--detailed-exitcode", "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=fleet, env=environ, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - started
    if done.returncode != 3:
        raise SystemExit(f"The plan ended with {done.returncode}: {done.stdout}{done.stderr}")
    return elapsed


@contextlib.contextmanager
def serving_registry(folder: Path) -> Iterator[str]:
    """The real registry; gives its address."""
    folder.mkdir()
    port = free_port()
    settings = folder / "registry.yml"
    settings.write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: '{folder / 'blobs'}'}}}}\n",
        encoding="utf-8",
    )
    environ = {**os.environ, "OTEL_TRACES_EXPORTER": "none"}
    with process([str(ensure().registry), "serve", str(settings)], environ, f"http://127.0.0.1:{port}/v2/"):
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def serving_control_plane(folder: Path) -> Iterator[str]:
    """The sandbox's control plane; gives its URL."""
    port = free_port()
    argv = [sys.executable, "-m", "langsmith_sandbox.control_plane", f"--port={port}", f"--state-dir={folder}"]
    environ = {
        **os.environ,
        "LANGSMITH_SANDBOX_WORKSPACE_ID": _WORKSPACE,
        "LANGSMITH_SANDBOX_API_KEY_SHA256": hashlib.sha256(_API_KEY.encode()).hexdigest(),
    }
    with process(argv, environ, f"http://127.0.0.1:{port}/_sandbox/health"):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def process(argv: Sequence[str], environ: Mapping[str, str], answers: str) -> Iterator[None]:
    """A server that is stopped at the end."""
    with subprocess.Popen(argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            deadline = time.monotonic() + _START_TIMEOUT
            while not reachable(answers):
                if running.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{argv[0]} does not answer at {answers}.")
                time.sleep(0.05)
            yield
        finally:
            running.terminate()


def reachable(url: str) -> bool:
    """Whether a server answers."""
    try:
        return httpx2.get(url, timeout=2).is_success
    except httpx2.TransportError:
        return False


def free_port() -> int:
    """A port nobody listens on."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return probe.getsockname()[1]


def environment(plane: str) -> dict[str, str]:
    """What the command finds in its environment."""
    return {
        **os.environ,
        "LANGGRAPH_HOST_URL": plane,
        "LANGSMITH_API_KEY": _API_KEY,
        "LANGSMITH_WORKSPACE_ID": _WORKSPACE,
    }


def api(plane: str) -> httpx2.Client:
    """A connection that carries the key."""
    headers = {"X-Api-Key": _API_KEY, "X-Tenant-Id": _WORKSPACE}
    return httpx2.Client(base_url=plane, headers=headers, timeout=30)


def register_listener(plane: str) -> str:
    """A listener; gives its id."""
    with api(plane) as http:
        body = {"compute_type": "k8s", "compute_id": "cluster", "compute_config": {"k8s_namespaces": ["agents"]}}
        return http.post("/v2/listeners", json=body).raise_for_status().json()["id"]


def write_fleet(folder: Path, count: int, registry: str, listener: str) -> None:
    """A committed repository of agents, each with a little code, three variables and a size."""
    toml = f'[targets.dev]\npush_to = "{registry}/agents"\nlistener_id = "{listener}"\nnamespace = "agents"\n'
    for index in range(count):
        name = f"agent-{index:03}"
        agent = folder / "agents" / name
        (agent / "code").mkdir(parents=True)
        config = {"dependencies": ["."], "graphs": {"agent": "./code/graph.py:graph"}, "env": "agent.env"}
        (agent / "langgraph.json").write_text(json.dumps(config))
        (agent / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1.0.0"\ndependencies = []\n')
        (agent / "agent.env").write_text("MODEL=small\nREGION=us-east-1\nTOKEN=not-a-secret\n")
        for module in ("graph", "prompts", "tools"):
            (agent / "code" / f"{module}.py").write_text(f"graph = {index}\n" * 100)
        toml += f'\n[agents.{name}]\npath = "agents/{name}"\nresources = {{ cpu = 1, memory_mb = 512 }}\n'
    (folder / "langsmith.toml").write_text(toml)
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=Start"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)


def read(folder: Path) -> tuple[Member, ...]:
    """The fleet as the command reads it."""
    fleet = load_fleet(folder / "langsmith.toml")
    return read_members(fleet, fleet.target("dev"), environ={})


class Anonymous:
    """Nobody is logged in."""

    def login(self, host: str, service: str) -> None:
        """No login."""


def push(members: Sequence[Member]) -> None:
    """An image for each agent, with the labels and nothing else of what a build gives it."""
    layer = b"layer"
    with Registry(Anonymous()) as client:
        for member in members:
            image = member.request.image
            config = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": member.request.labels}})
            blobs = {_CONFIG_TYPE: config.encode(), _LAYER_TYPE: layer}
            entries = []
            for kind, content in blobs.items():
                digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
                client.upload(image.repository, digest, len(content), in_memory(content))
                entries.append({"mediaType": kind, "digest": digest, "size": len(content)})
            values = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": entries[0], "layers": entries[1:]}
            client.put_manifest(image, Manifest(json.dumps(values).encode(), OCI_MANIFEST))


def deploy(members: Sequence[Member], plane: str) -> None:
    """A deployment of each agent whose revision the data plane, played by us, reports as deployed."""
    with api(plane) as http, Registry(Anonymous()) as client:
        listener = http.get("/v2/listeners").raise_for_status().json()["resources"][0]["id"]
        made = []
        for member in members:
            image = f"{member.request.image.repository}@{client.digest(member.request.image)}"
            body = {
                "name": member.name,
                "source": "external_docker",
                "source_config": {
                    "listener_id": listener,
                    "listener_config": {"k8s_namespace": "agents"},
                    "resource_spec": dict(member.entry.resources),
                },
                "source_revision_config": {"image_uri": image},
                "secrets": [{"name": k, "value": v} for k, v in (member.environment.values or {}).items()],
            }
            answer = http.post("/v2/deployments", json=body).raise_for_status().json()
            made.append(f"/internal/v1/deployments/{answer['id']}/revisions/{answer['latest_revision_id']}/status")
        for status in ("DEPLOYING", "DEPLOYED"):
            for url in made:
                while http.post(url, json={"status": status, "url": "http://127.0.0.1:9/"}).status_code == 409:
                    time.sleep(0.1)  # the control plane has not got that far with the revision


if __name__ == "__main__":
    main()
