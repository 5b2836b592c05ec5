"""What a benchmark talks to: the real registry, the sandbox's control plane, and an agent that is played."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2

from langsmith_sandbox.toolchain import ensure

API_KEY = "lsv2_pt_benchmark_0123456789"
WORKSPACE = str(uuid.UUID(int=1))
_START_TIMEOUT = 60.0  # seconds
_GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com")


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """The real registry; gives its address."""
    folder.mkdir(parents=True)
    address = f"127.0.0.1:{free_port()}"
    settings = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}},
        "http": {"addr": address},
    }
    (folder / "config.yml").write_text(json.dumps(settings), encoding="utf-8")
    argv = [str(ensure().registry), "serve", str(folder / "config.yml")]
    with _process(argv, {**os.environ, "OTEL_TRACES_EXPORTER": "none"}, f"http://{address}/v2/"):
        yield address


@dataclasses.dataclass(frozen=True)
class ControlPlane:
    """A running control plane, and what it is asked beyond what clients ask."""

    url: str

    @property
    def environ(self) -> dict[str, str]:
        """What a client's environment needs to find it."""
        return {
            "LANGGRAPH_HOST_URL": self.url,
            "LANGSMITH_API_KEY": API_KEY,
            "LANGSMITH_WORKSPACE_ID": WORKSPACE,
            "LANGSMITH_TENANT_ID": WORKSPACE,  # what LangChain's own CLI reads
            "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        }

    def api(self) -> httpx2.Client:
        """A connection that carries the key."""
        headers = {"X-Api-Key": API_KEY, "X-Tenant-Id": WORKSPACE}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=30)

    def listener(self) -> str:
        """Id of a new listener."""
        with self.api() as http:
            body = {"compute_type": "k8s", "compute_id": "cluster", "compute_config": {"k8s_namespaces": ["agents"]}}
            return http.post("/v2/listeners", json=body).raise_for_status().json()["id"]

    def deployed(self, revisions: Sequence[tuple[str, str]], url: str) -> None:
        """Play the data plane: report these revisions, by deployment, as deployed at a URL."""
        with self.api() as http:
            for status in ("DEPLOYING", "DEPLOYED"):
                for deployment, revision in revisions:
                    path = f"/internal/v1/deployments/{deployment}/revisions/{revision}/status"
                    while http.post(path, json={"status": status, "url": url}).status_code == 409:
                        time.sleep(0.1)  # the control plane has not got that far with the revision


@contextlib.contextmanager
def control_plane(folder: Path) -> Iterator[ControlPlane]:
    """The sandbox's control plane."""
    port = free_port()
    argv = [sys.executable, "-m", "langsmith_sandbox.control_plane", f"--port={port}", f"--state-dir={folder}"]
    environ = {
        **os.environ,
        "LANGSMITH_SANDBOX_WORKSPACE_ID": WORKSPACE,
        "LANGSMITH_SANDBOX_API_KEY_SHA256": hashlib.sha256(API_KEY.encode()).hexdigest(),
    }
    with _process(argv, environ, f"http://127.0.0.1:{port}/_sandbox/health"):
        yield ControlPlane(f"http://127.0.0.1:{port}")


@contextlib.contextmanager
def agent(revision: Callable[[], str]) -> Iterator[str]:
    """An agent that says which revision it serves; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"ok": True, "host": {"host_revision_id": revision()}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def committed(folder: Path) -> None:
    """Make a folder a repository, or its changes a commit."""
    if not (folder / ".git").exists():
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run([*_GIT, "add", "--all"], cwd=folder, check=True)
    subprocess.run([*_GIT, "commit", "--quiet", "--message=Change"], cwd=folder, check=True)


def free_port() -> int:
    """A port nobody listens on."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _process(argv: Sequence[str], environ: Mapping[str, str], answers: str) -> Iterator[None]:
    with subprocess.Popen(argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            deadline = time.monotonic() + _START_TIMEOUT
            while not _reachable(answers):
                if running.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{argv[0]} does not answer at {answers}.")
                time.sleep(0.05)
            yield
        finally:
            running.terminate()


def _reachable(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).is_success
    except httpx2.TransportError:
        return False
