"""Our own client against the control plane on a socket, the real registry, and a data plane that is played."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import http.server
import io
import json
import os
import socket
import subprocess
import tarfile
import threading
import time
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
from click.testing import CliRunner

from langsmith_client.cli import main
from langsmith_sandbox.control_plane import deployments, revisions, standing
from langsmith_sandbox.control_plane.requests import StatusReport

WORKSPACE = "11111111-1111-4111-8111-111111111111"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Agents:
    """The data plane and all agents: what is deployed answers at its URL with its revision.

    Attributes:
        broken: Name to what the data plane says when it gives up on a revision of that agent.
    """

    def __init__(self, world: Any) -> None:
        self.broken: dict[str, str] = {}
        self._world = world
        self._served: dict[str, str] = {}
        self._stop = threading.Event()
        agents = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, name, page = self.path.split("/")
                host = {"host_revision_id": agents._served[name]}
                body = json.dumps({"ok": True} if page == "ok" else {"host": host}).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._threads = [threading.Thread(target=self._server.serve_forever), threading.Thread(target=self._roll_out)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join(30)
        self._server.server_close()

    def _roll_out(self) -> None:
        plane = self._world.plane
        while not self._stop.wait(0.05):
            with plane.store.transaction():
                for each in plane.store.deployments.everything():
                    wanted = revisions.wanted(standing.revisions(plane, each), each.active_revision_id)
                    if wanted is None or wanted.status in revisions.ENDED:
                        continue
                    report = StatusReport(status="DEPLOYING")
                    if wanted.status == "DEPLOYING":
                        report = StatusReport(status="DEPLOY_FAILED", message=self.broken.get(each.name))
                        if each.name not in self.broken:
                            self._served[each.name] = str(wanted.id)
                            url = f"http://127.0.0.1:{self._server.server_address[1]}/{each.name}"
                            report = StatusReport(status="DEPLOYED", url=url)
                    with contextlib.suppress(Exception):  # the revision has not come that far yet
                        deployments.report(plane, each.tenant_id, each.id, wanted.id, report)


@pytest.fixture
def registry(find_tool, tmp_path):
    """The real registry; gives its address."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    settings = tmp_path / "registry.yml"
    settings.write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        f"storage: {{delete: {{enabled: true}}, filesystem: {{rootdirectory: '{tmp_path / 'blobs'}'}}}}\n"
    )
    environ = {**os.environ, "OTEL_TRACES_EXPORTER": "none"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        [find_tool("registry"), "serve", settings], env=environ, stdout=quiet, stderr=quiet
    ) as server:
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=2) as http:
                for _ in range(600):
                    with contextlib.suppress(httpx2.TransportError):
                        http.get("/v2/")
                        break
                    time.sleep(0.05)
                push_base(http)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def push_base(http: httpx2.Client) -> None:
    """A base image with one layer that names no package."""
    blob = io.BytesIO()
    with tarfile.open(fileobj=blob, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("api/constraints.txt"))
    plain = "sha256:" + "0" * 64
    config = {"os": "linux", "architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": [plain]}}
    entries = []
    for kind, content in (("config.v1+json", json.dumps(config).encode()), ("layer.v1.tar+gzip", blob.getvalue())):
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        place = http.post("/v2/base/blobs/uploads/").headers["Location"]
        http.put(httpx2.URL(place).copy_merge_params({"digest": digest}), content=content).raise_for_status()
        media_type = f"application/vnd.oci.image.{kind}"
        entries.append({"mediaType": media_type, "digest": digest, "size": len(content)})
    values = {"schemaVersion": 2, "mediaType": MANIFEST, "config": entries[0], "layers": entries[1:]}
    headers = {"Content-Type": MANIFEST}
    http.put("/v2/base/manifests/1", content=json.dumps(values), headers=headers).raise_for_status()


@dataclasses.dataclass(frozen=True)
class Shop:
    """A repository with a fleet, and the command line beside it."""

    folder: Path
    environ: dict[str, str]

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, message: str) -> str:
        """Commit everything; returns the full hash."""
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        for arguments in (["add", "--all"], [*identity, "commit", "--quiet", "--message", message]):
            subprocess.run(["git", *arguments], cwd=self.folder, check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.folder, check=True, capture_output=True, text=True)
        return head.stdout.strip()

    def on_fleet(self, command: str, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        """Run a command on the fleet."""
        return self.run(command, *arguments, "--fleet", str(self.folder), expect=expect)

    def run(self, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
        """Run a command with --json; its events."""
        result = CliRunner().invoke(main, [*arguments, "--json"], env=self.environ, catch_exceptions=True)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == expect, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def shop(world, registry, tmp_path):
    """Three agents and a target, in a commit."""
    world.clock.run()
    folder = tmp_path / "shop"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    listener = world.listener()
    with world.on_a_socket() as url:
        environ = {
            "LANGGRAPH_HOST_URL": url,
            "LANGSMITH_API_KEY": world.api_key,
            "LANGSMITH_WORKSPACE_ID": WORKSPACE,
            "LANGSMITH_CLIENT_CACHE": str(tmp_path / "cache"),
            "DOCKER_CONFIG": str(tmp_path / "docker"),
        }
        shop = Shop(folder, environ)
        toml = f'[targets.dev]\npush_to = "{registry}/agents"\nlistener_id = "{listener}"\nnamespace = "agents"\n'
        for wave, name in enumerate(("one", "two", "three"), 1):
            config = {
                "dependencies": ["."],
                "graphs": {"agent": "./graph.py:graph"},
                "base_image": f"{registry}/base:1",
            }
            shop.write(f"{name}/langgraph.json", json.dumps({**config, "env": "agent.env"}))
            shop.write(f"{name}/pyproject.toml", f'[project]\nname = "{name}"\nversion = "1.0"\ndependencies = []\n')
            shop.write(f"{name}/graph.py", "graph = 1\n")
            shop.write(f"{name}/agent.env", "MODEL=small\nTOKEN=canary-secret\n")
            toml += f'\n[agents.{name}]\npath = "{name}"\nwave = {wave}\n'
        shop.write("langsmith.toml", toml)
        shop.commit("Start")
        yield shop


@pytest.fixture
def agents(world):
    """A data plane that takes up whatever is deployed."""
    with Agents(world) as playing:
        yield playing
