"""A vendor behind a real socket: what is asked is recorded, what is answered is each test's stand-in."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from langsmith_firewall.allow_list import AllowList
from langsmith_firewall.entries.lifecycle import EntriesLifecycle
from langsmith_firewall.limits import Limits
from langsmith_firewall.rest import Rest

TOKEN = "canary-token-0123456789"


@dataclasses.dataclass(frozen=True)
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


@dataclasses.dataclass
class Vendor:
    """A stand-in's socket.

    Attributes:
        url: Where it listens.
        answer: Answers a request with a status and an object.
        without_token: The one path that takes other credentials.
        asked: All requests, in order.
        before_write: Called ahead of each request that is no GET, each once: others' doings.
    """

    url: str = ""
    answer: Callable[[Asked], tuple[int, Any]] = lambda _: (500, {})
    without_token: str = ""
    asked: list[Asked] = dataclasses.field(default_factory=list)
    before_write: list[Callable[[], None]] = dataclasses.field(default_factory=list)

    def writes(self) -> list[Asked]:
        """The requests that change something."""
        return [asked for asked in self.asked if asked.method != "GET"]

    def handle(self, asked: Asked) -> tuple[int, Any]:
        self.asked.append(asked)
        if asked.method != "GET" and self.before_write:
            self.before_write.pop(0)()
        if asked.path != self.without_token and TOKEN not in asked.headers.get("authorization", TOKEN):
            return 401, {"error": {"message": "who is this?"}}
        return self.answer(asked)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A vendor that answers nothing yet."""
    made = Vendor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = headers.get("content-type") == "application/x-www-form-urlencoded"
            body = dict(parse_qsl(content.decode())) if form else json.loads(content) if content else None
            asked = Asked(self.command, unquote(parts.path), parts.query, headers, body)
            status, answer = made.handle(asked)
            payload = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815 - the server's own naming

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def rest(vendor: Vendor) -> Iterator[Rest]:
    """A client of the vendor, with a token, that does not wait."""
    client = Rest("The vendor", vendor.url, {"Authorization": f"Bearer {TOKEN}"}, sleep=lambda _: None)
    yield client
    client.close()


@pytest.fixture
def over() -> Callable[[AllowList, Limits], EntriesLifecycle]:
    """The lifecycle over a list, without waiting."""
    return lambda allow_list, limits: EntriesLifecycle(allow_list, limits, sleep=lambda _: None)
