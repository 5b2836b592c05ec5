"""The health endpoint of a data plane program."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Collection


class Health:
    """Whether the program is of use at the moment, and if not, why. Safe to share between threads."""

    def __init__(self, reason: str = "starting") -> None:
        self._lock = threading.Lock()
        self._reason = reason

    def good(self) -> None:
        """Notes that all is well."""
        with self._lock:
            self._reason = ""

    def bad(self, reason: str) -> bool:
        """Notes why the program is of no use; True when the reason is news, which is when it should be logged."""
        with self._lock:
            news = self._reason != reason
            self._reason = reason
            return news

    @property
    def reason(self) -> str:
        """Empty when all is well."""
        with self._lock:
            return self._reason


def serve_health(
    health: Health, address: str, port: int, *, ready: Collection[str], alive: Collection[str] = ()
) -> http.server.ThreadingHTTPServer:
    """Answers on a thread of its own until the process ends.

    Args:
        ready: Paths that answer 200 while all is well, else 503 with the reason.
        alive: Paths that answer 200 as long as the process runs.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in alive:
                self._answer(200, "ok")
            elif self.path in ready:
                self._answer(503 if health.reason else 200, health.reason or "ok")
            else:
                self._answer(404, "not found")

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Probes come every second; their lines would drown the program's own."""

    server = http.server.ThreadingHTTPServer((address, port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
