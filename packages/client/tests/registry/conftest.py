"""The real registry program, and a line to it that can be cut."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a real registry that starts empty."""
    program = os.environ.get("LANGSMITH_TEST_REGISTRY_BINARY") or shutil.which("registry")
    if not program:
        pytest.skip("no `registry` on PATH and LANGSMITH_TEST_REGISTRY_BINARY is not set")
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("registry")
    settings = folder / "registry.yml"
    settings.write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: '{folder / 'blobs'}'}}}}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [program, "serve", str(settings)],
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"http://127.0.0.1:{port}/v2/", process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    with httpx2.Client(timeout=2) as http:  # one for all tries, since each reads the machine's certificates
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx2.TransportError):
                http.get(url)
                return
            time.sleep(0.05)
    pytest.fail("the registry did not start")


_PATIENCE = 10  # seconds a server gets to end what it had begun


class CutLine:
    """Passes bytes on to a server, and breaks the connection where a test says so.

    Attributes:
        host: Where clients connect.
        budgets: Bytes from the client after which a connection breaks, for the next connections in turn.
        carried: Bytes that clients have sent so far.
    """

    def __init__(self, server: str) -> None:
        name, _, port = server.rpartition(":")
        self._server = (name, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = "{}:{}".format(*self._listener.getsockname())
        self.budgets: list[int] = []
        self.carried = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                budget = self.budgets.pop(0) if self.budgets else 1 << 60
                threading.Thread(target=self._carry, args=(client, server, budget), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket, budget: int) -> None:
        cut = threading.Event()
        answers = threading.Thread(target=_pour, args=(server, client, cut), daemon=True)
        answers.start()
        with contextlib.suppress(OSError):
            while budget and (piece := client.recv(min(budget, 1 << 16))):
                server.sendall(piece)
                budget -= len(piece)
                self.carried += len(piece)
        # What the server answers to half a request never arrives; what had arrived of the request, it has dealt with
        # before the client learns that the line is broken.
        cut.set()
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)
        answers.join(_PATIENCE)
        for end in (server, client):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _pour(source: socket.socket, into: socket.socket, cut: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(1 << 16):
            if not cut.is_set():
                into.sendall(piece)


@pytest.fixture
def line(host: str) -> Iterator[CutLine]:
    """A line to the real registry."""
    cut = CutLine(host)
    yield cut
    cut.close()
