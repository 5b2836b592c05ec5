"""Stand-ins for the product's tools, and for the servers the walk-through asks."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox import credentials, environment
from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.walkthrough.tools import Tools
from langsmith_sandbox.world import World

if TYPE_CHECKING:
    from pathlib import Path

Answer = Callable[[str, str, Any], tuple[int, Any]]


class Notes:
    """A step that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def note(self, text: str) -> None:
        self.heard.append(text)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def paths(tmp_path: Path) -> WorldPaths:
    return WorldPaths(tmp_path / "home")


@pytest.fixture
def secrets() -> credentials.Credentials:
    return credentials.make()


@pytest.fixture
def world() -> World:
    ports = {"aws": 1001, "control-plane": 1002, "registry": 1003, "charts": 1004, "ingress": 1005}
    return World("id", "running", ports=ports)


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], int]]:
    """Serves a function of method, path and JSON body on a loopback port."""
    with contextlib.ExitStack() as running:

        def start(answer: Answer) -> int:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                    status, content = answer(self.command, self.path, json.loads(body) if body else None)
                    self.send_response(status)
                    self.end_headers()
                    self.wfile.write(json.dumps(content).encode())

                do_POST = do_GET  # noqa: N815 - the name the server looks for

                def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature it overrides
                    pass

            server = running.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            running.callback(server.shutdown)
            return server.server_port

        yield start


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes an executable Python script into a folder of its own."""

    def write(name: str, text: str) -> Path:
        script = tmp_path / "programs" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!{sys.executable}\n{text}")
        script.chmod(0o755)
        return script

    return write


@pytest.fixture
def tools(paths: WorldPaths) -> Iterator[Tools]:
    """The product's tools, pointed at an AWS of this process."""
    from langsmith_sandbox.aws.context import Context
    from langsmith_sandbox.aws.credentials import OperatorKey
    from langsmith_sandbox.aws.emulator import Emulator
    from langsmith_sandbox.aws.host import server

    secrets = credentials.load_or_make(paths)
    operator = OperatorKey(secrets.aws_access_key_id, secrets.aws_secret_access_key)
    listening = server(Emulator(operator, Context()))
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    ports = {"aws": listening.server_port, "control-plane": 1, "registry": 1, "charts": 1, "ingress": 1}
    yield Tools(environment.process_environment(paths, World("id", "running", ports=ports), secrets), paths.logs)
    listening.shutdown()
    thread.join(timeout=10)
    listening.server_close()
