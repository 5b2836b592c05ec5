"""How a part is found ready: also when a stranger sits on its port."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from langsmith_sandbox.part import answers_http


@contextlib.contextmanager
def server(answer: bytes) -> Iterator[str]:
    """Something on loopback that gives ``answer`` to whoever connects first."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nwait", False),
        (b"\x00\x00\x18\x04\x00\x00\x00\x00\x00", False),  # HTTP/2, as of a gRPC server
        (b"", False),
    ],
)
def test_only_an_answer_in_http_that_is_no_error_counts(answer: bytes, ready: bool) -> None:
    with server(answer) as url:
        assert answers_http(url)() is ready


def test_nobody_there_is_not_ready() -> None:
    with contextlib.closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert not answers_http(f"http://127.0.0.1:{port}/")()
