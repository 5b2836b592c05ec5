"""Counts requests: method, path and status of the last thousand, never a header, a query or a body."""

from __future__ import annotations

import collections
import dataclasses
import threading

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT = 1000
OWN_PREFIX = "/_sandbox/"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One answered request; status 0 means the connection was dropped."""

    method: str
    path: str
    status: int


class RequestLog:
    """What was asked since the start or the last ``clear``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: collections.deque[Entry] = collections.deque(maxlen=KEPT)
        self._count = 0

    def add(self, entry: Entry) -> None:
        """Notes one request."""
        with self._lock:
            self._entries.append(entry)
            self._count += 1

    def clear(self) -> None:
        """Starts over at zero."""
        with self._lock:
            self._entries.clear()
            self._count = 0

    def snapshot(self) -> dict[str, object]:
        """``{"count": all, "requests": [the last ones, oldest first]}``."""
        with self._lock:
            return {"count": self._count, "requests": [dataclasses.asdict(entry) for entry in self._entries]}


class RecordRequests:
    """ASGI middleware that notes every request except those to the sandbox's own pages."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the request and notes its outcome."""
        if scope["type"] != "http" or scope["path"].startswith(OWN_PREFIX):
            await self._app(scope, receive, send)
            return
        begun = ended = 0

        async def noting(message: Message) -> None:
            nonlocal begun, ended
            if message["type"] == "http.response.start":
                begun = message["status"]
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                ended = begun
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._log.add(Entry(scope["method"], scope["path"], ended))
