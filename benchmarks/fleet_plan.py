"""How long `langsmith-client plan` takes over a fleet in which nothing changed.

    python benchmarks/fleet_plan.py [AGENTS]

Starts the sandbox's control plane and the real registry and deploys a fleet of small agents as far as those two know.
The first plan reads the labels of every image; later ones have them. There is no peer: LangChain's CLI knows no fleets.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from measured import BIN, Row, repeated, show, timed
from servers import ControlPlane, committed, control_plane, registry

from langsmith_client.fleet.members import Member, read_members
from langsmith_client.langsmith_toml import load_fleet
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry import Registry
from langsmith_client.registry.upload import in_memory

_AGENTS = 50
_RUNS = 7
_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
_LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


def measure(count: int = _AGENTS) -> Iterator[Row]:
    """Deploy, then time `plan`."""
    with tempfile.TemporaryDirectory(prefix="fleet-plan-") as folder, contextlib.ExitStack() as running:
        root = Path(folder)
        address = running.enter_context(registry(root / "registry"))
        plane = running.enter_context(control_plane(root / "plane"))
        fleet = root / "fleet"
        write_fleet(fleet, count, address, plane.listener())
        members = read(fleet)
        push(members)
        deploy(members, plane)
        environ = {**os.environ, **plane.environ, "LANGSMITH_CLIENT_CACHE": str(root / "cache")}
        command = (str(BIN / "langsmith-client"), "plan", "--detailed-exitcode", "--json")
        first = timed(command, environ, folder=fleet, ends_with=3)
        warm = repeated(lambda: timed(command, environ, folder=fleet, ends_with=3), _RUNS)
    yield Row(f"`langsmith-client plan`, {count} agents unchanged", warm, "under 2 s")
    yield Row("the same, the first time", first)


def write_fleet(folder: Path, count: int, address: str, listener: str) -> None:
    """A committed repository of agents, each with a little code, three variables and a size."""
    toml = f'[targets.dev]\npush_to = "{address}/agents"\nlistener_id = "{listener}"\nnamespace = "agents"\n'
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
    committed(folder)


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


def deploy(members: Sequence[Member], plane: ControlPlane) -> None:
    """A deployment of each agent, deployed as far as the control plane knows."""
    with plane.api() as http, Registry(Anonymous()) as client:
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
            made.append((answer["id"], answer["latest_revision_id"]))
    plane.deployed(made, "http://127.0.0.1:9/")


if __name__ == "__main__":
    show(measure(int(sys.argv[1])) if len(sys.argv) > 1 else measure())
