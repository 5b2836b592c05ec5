"""The official ``langgraph deploy`` and our client on one deployment, in turn: what either set, the other leaves.

Both are real, and the control plane treats environments as the real one does: a list that is not empty is all there is
from then on.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from langsmith_client.environment.local import local_environment
from langsmith_client.errors import ConflictError
from langsmith_client.langgraph_json import read_langgraph_json
from langsmith_client.result import Result
from langsmith_client.target.control_plane import ControlPlaneTarget
from langsmith_client.target.protocol import Deployment, SecretReference

NAME = "greeter"
CONFIG = '{"dependencies": ["."], "graphs": {"greeter": "./graph.py:graph"}, "env": ".env"}'
DATABASE = (SecretReference("DB_URI", "greeter-db", "uri"),)


@dataclasses.dataclass(frozen=True)
class Turns:
    """One agent's folder, and both clients on one control plane."""

    world: Any
    folder: Path

    def official(self, environment: Mapping[str, str]) -> None:
        """Run `langgraph deploy` as a pipeline would, with just these variables in its env file."""
        self._write(environment)
        known = any(each.name == NAME for each in self.world.deployments())
        place = () if known else ("--listener-id", self.world.listener_id, "--k8s-namespace", "agents")
        image = "registry.example/agents@sha256:" + "a" * 64
        flags = ("--name", NAME, "--image-uri", image, "--no-input", "--no-wait", "--host-url", self.world.url, *place)
        credentials = self.world.client.credentials
        done = subprocess.run(
            [sys.executable, "-c", "from langgraph_cli.cli import cli; cli()", "deploy", *flags],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "LANGSMITH_API_KEY": credentials.api_key.reveal(),
                "LANGSMITH_TENANT_ID": credentials.workspace_id,
                "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def ours(self, environment: Mapping[str, str]) -> Result:
        """Deploy the same folder with our client, with just these variables in its env file."""
        self._write(environment)
        local = local_environment(read_langgraph_json(self.folder / "langgraph.json"), None)
        return self.world.deploy(NAME, 1, environment=local.values, references=DATABASE)

    def remote(self) -> Deployment:
        """The deployment as the control plane has it."""
        found = ControlPlaneTarget(self.world.client).find(NAME)
        assert found is not None
        return found

    def _write(self, environment: Mapping[str, str]) -> None:
        lines = "".join(f"{name}={value}\n" for name, value in environment.items())
        (self.folder / ".env").write_text(lines, encoding="utf-8")


@pytest.fixture
def turns(world: Any, tmp_path: Path) -> Turns:
    """Both clients on an empty control plane."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "langgraph.json").write_text(CONFIG, encoding="utf-8")
    return Turns(world, folder)


def test_neither_client_loses_what_the_other_set_on_one_deployment(turns):
    turns.official({"THEIRS": "1", "SHARED": "1"})
    assert turns.ours({"OURS": "1", "SHARED": "1"}).proven
    assert turns.remote().environment == {"THEIRS": "1", "SHARED": "1", "OURS": "1"}, "adopted with all it had"

    turns.official({})
    assert turns.remote().environment == {"THEIRS": "1", "SHARED": "1", "OURS": "1"}
    assert turns.remote().references == DATABASE

    turns.official({"THEIRS": "2", "SHARED": "theirs"})  # its list is all there is: the server drops OURS
    assert turns.remote().references == DATABASE, "references are out of its reach"
    turns.ours({"OURS": "1", "SHARED": "1"})
    merged = {"THEIRS": "2", "SHARED": "theirs", "OURS": "1"}
    assert turns.remote().environment == merged, "ours is back, and what they set or changed is as they want it"
    assert turns.ours({"OURS": "1", "SHARED": "1"}).changed is False, "so that the next deploy has nothing to do"

    turns.ours({"SHARED": "1"})
    assert turns.remote().environment == {"THEIRS": "2", "SHARED": "theirs"}, "only what was ours is ours to remove"


def test_where_the_control_plane_tells_no_values_none_is_lost_for_it(turns):
    turns.ours({"A": "1", "B": "1"})
    turns.world.plane.switches = dataclasses.replace(turns.world.plane.switches, secret_values=False)
    assert turns.remote().environment == {"A": None, "B": None}
    assert turns.ours({"A": "1", "B": "1"}).changed is False, "what we remember says that nothing changed"
    assert turns.ours({"A": "2", "B": "1"}).changed, "and what did"

    turns.official({"A": "2", "THEIRS": "1"})
    with pytest.raises(ConflictError, match="THEIRS"):
        turns.ours({"A": "3", "B": "1"})
    turns.world.plane.switches = dataclasses.replace(turns.world.plane.switches, secret_values=True)
    assert turns.remote().environment == {"A": "2", "THEIRS": "1"}, "a refusal changes nothing"
