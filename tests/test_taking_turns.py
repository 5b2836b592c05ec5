"""The official ``langgraph deploy`` and our client on one deployment, in turn: what either set, the other leaves.

Both are real, and so is the HTTP between them and the sandbox's control plane, which treats environments as the real
one does: a list that is not empty is all there is from then on.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from langsmith_client.deploy import Result, Wish, deploy
from langsmith_client.environment.local import local_environment
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.langgraph_json import read_langgraph_json
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.control_plane import ControlPlaneTarget, Place
from langsmith_client.target.protocol import Deployment, SecretReference
from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import resolve
from langsmith_control_plane.secret import Secret
from langsmith_sandbox.control_plane.access import Access
from langsmith_sandbox.control_plane.app import create_app
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.store import Store

API_KEY = "lsv2-test-key"
WORKSPACE = uuid.UUID("11111111-1111-4111-8111-111111111111")
IMAGE = PublishedImage(parse_reference("registry.example/agent:1"), "sha256:" + "a" * 64, reused=False)
DATABASE = (SecretReference("DB_URI", "greeter-db", "uri"),)


class Silent:
    """A reporter that keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def say(self, event: str, text: str, **fields: Any) -> None:
        """Keep a note."""
        if event == "note":
            self.notes.append(text)

    def table(self, *arguments: Any, **options: Any) -> None:
        """Nothing to keep."""

    finish = fail = table


class Turns:
    """One agent's folder, one control plane, and both clients.

    Attributes:
        reporter: What ours said.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.reporter = Silent()
        self._folder, self._url = folder, url
        credentials = Credentials(Secret(API_KEY), str(WORKSPACE))
        self._client = ControlPlaneClient(resolve(url, {}), credentials)
        self._listener = self._client.create_listener("cluster", ["agents"]).id
        self.target = ControlPlaneTarget(self._client, Place(self._listener, "agents"))

    def official(self, environment: Mapping[str, str]) -> None:
        """Run `langgraph deploy` as a pipeline would, with just these variables in its env file."""
        self._write(environment)
        flags = (
            "--name",
            "greeter",
            "--image-uri",
            IMAGE.by_digest,
            "--no-input",
            "--no-wait",
            "--host-url",
            self._url,
        )
        place = () if self.target.find("greeter") else ("--listener-id", self._listener, "--k8s-namespace", "agents")
        subprocess.run(
            [sys.executable, "-c", "from langgraph_cli.cli import cli; cli()", "deploy", *flags, *place],
            cwd=self._folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self._folder),
                "LANGSMITH_API_KEY": API_KEY,
                "LANGSMITH_TENANT_ID": str(WORKSPACE),
                "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            },
            capture_output=True,
            timeout=120,
            check=True,
        )

    def ours(self, environment: Mapping[str, str], **options: Any) -> Result:
        """Deploy the same folder with our client, with just these variables in its env file."""
        self._write(environment)
        local = local_environment(read_langgraph_json(self._folder / "langgraph.json"), None)
        wish = Wish("greeter", environment=local.values, references=DATABASE, wait=False, **options)
        return deploy(wish, lambda: IMAGE, Surroundings(self.target, self.reporter))

    def remote(self) -> Deployment:
        """The deployment as the control plane has it."""
        found = self.target.find("greeter")
        assert found is not None
        return found

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _write(self, environment: Mapping[str, str]) -> None:
        lines = "".join(f"{name}={value}\n" for name, value in environment.items())
        (self._folder / ".env").write_text(lines, encoding="utf-8")


@contextlib.contextmanager
def control_plane(folder: Path) -> Iterator[str]:
    """The sandbox's control plane on a loopback port; gives its URL."""
    digest = hashlib.sha256(API_KEY.encode()).hexdigest()
    plane = Plane(Store(folder), Access({digest: frozenset({WORKSPACE})}))
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:  # queues calls until it is served
        server = uvicorn.Server(uvicorn.Config(create_app(plane), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
            plane.store.close()


@pytest.fixture
def turns(tmp_path: Path) -> Iterator[Turns]:
    """Both clients on an empty control plane."""
    folder = tmp_path / "greeter"
    folder.mkdir()
    config = '{"dependencies": ["."], "graphs": {"greeter": "./graph.py:graph"}, "env": ".env"}'
    (folder / "langgraph.json").write_text(config, encoding="utf-8")
    with control_plane(tmp_path / "state") as url, contextlib.closing(Turns(folder, url)) as both:
        yield both


def test_neither_client_loses_what_the_other_set_on_one_deployment(turns):
    turns.official({"THEIRS": "1", "SHARED": "1"})
    turns.ours({"OURS": "1", "SHARED": "1"})
    assert turns.remote().environment == {"THEIRS": "1", "SHARED": "1", "OURS": "1"}, "adopted with all it had"
    assert any("THEIRS" in note for note in turns.reporter.notes), "and what stays is said"

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
