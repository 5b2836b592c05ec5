"""The HTTPS endpoint of the nodes: health, and the logs ``kubectl logs`` asks for through the API server."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from langsmith_sandbox.cluster.tls_server import TlsHandler, TlsServer

API_SERVER_CLIENT = "kube-apiserver-kubelet-client"
FOLLOW_PAUSE_SECONDS = 0.5
NOT_OFFERED = (
    "exec, attach and port-forward are not available on a sandbox node: its Pods are processes of this machine\n"
)


class NoLogError(Exception):
    """There is no such log; the argument says why, in the kubelet's words."""


@dataclasses.dataclass(frozen=True)
class LogQuery:
    """What is asked of a log.

    Attributes:
        follow: Go on until the container ends.
        previous: The run before.
        timestamps: Put the time in front of each line.
        tail: Only this many lines from the end; None for all.
        since: Only lines after this time (RFC 3339, UTC), empty for all.
        limit: At most this many bytes; None for no limit.
    """

    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    since: str = ""
    limit: int | None = None

    @classmethod
    def parse(cls, query: str, *, now: float) -> LogQuery:
        """Read the query string of ``/containerLogs``.

        Raises:
            ValueError: A number is none.
        """
        given = {key: values[-1] for key, values in parse_qs(query).items()}
        since = given.get("sinceTime", "")
        if seconds := given.get("sinceSeconds"):
            since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - int(seconds)))
        return cls(
            follow=given.get("follow") == "true",
            previous=given.get("previous") == "true",
            timestamps=given.get("timestamps") == "true",
            tail=int(given["tailLines"]) if "tailLines" in given else None,
            since=since,
            limit=int(given["limitBytes"]) if "limitBytes" in given else None,
        )


FindLog = Callable[[str, str, str, bool], Path]
"""(namespace, pod, container, previous) -> the log's file; raises NoLogError."""


def read_log(
    path: Path, query: LogQuery, *, ended: Callable[[], bool], pause: Callable[[float], None] = time.sleep
) -> Iterator[bytes]:
    """The lines of a container's log as ``kubectl logs`` shows them.

    Args:
        path: The file the shim writes.
        query: What is asked.
        ended: Whether the run this log is of has ended.
        pause: How to wait for more.
    """
    sent = 0
    with path.open("rb") as file:
        lines = [line for line in file.read().split(b"\n") if line and _after(line, query.since)]
        for line in lines[-query.tail :] if query.tail else ([] if query.tail == 0 else lines):
            shown = _shown(line, query)
            if query.limit is not None and sent + len(shown) > query.limit:
                yield shown[: query.limit - sent]
                return
            sent += len(shown)
            yield shown
        while query.follow:
            over = ended()
            for line in file.read().split(b"\n"):
                if line:
                    yield _shown(line, query)
            if over:
                return
            pause(FOLLOW_PAUSE_SECONDS)


def _after(line: bytes, since: str) -> bool:
    return line.split(b" ", 1)[0].decode()[:19] >= since[:19] if since else True


def _shown(line: bytes, query: LogQuery) -> bytes:
    stamp, _, text = line.split(b" ", 2)
    return stamp + b" " + text + b"\n" if query.timestamps else text + b"\n"


class KubeletServer:
    """Serves on one loopback port for all nodes.

    Args:
        port: Where.
        certificate: Stem of the serving certificate's files.
        authority: The authority callers' certificates must come from.
        find_log: Finds logs.
        is_current: Whether a log file is of a run that still goes on.
    """

    def __init__(
        self, port: int, certificate: Path, authority: Path, find_log: FindLog, is_current: Callable[[Path], bool]
    ) -> None:
        class Handler(_Handler):
            log_finder = staticmethod(find_log)
            current = staticmethod(is_current)

        self._server = TlsServer(port, Handler, certificate=certificate, authority=authority)

    def serve(self) -> None:
        """Answer until the process ends."""
        self._server.serve_forever()


class _Handler(TlsHandler):
    log_finder: FindLog
    current: Callable[[Path], bool]

    def do_GET(self) -> None:  # noqa: N802 - the base class looks for this name
        """Answer one request."""
        url = urlsplit(self.path)
        if url.path == "/healthz":
            self.answer(200, "ok")
        elif self.caller() != API_SERVER_CLIENT:
            self.answer(401, "Unauthorized")
        elif url.path.startswith("/containerLogs/") and url.path.count("/") == 4:
            namespace, pod, container = (unquote(part) for part in url.path.split("/")[2:])
            self._send_log(namespace, pod, container, url.query)
        else:
            self.answer(501, NOT_OFFERED)

    def do_POST(self) -> None:  # noqa: N802
        """Refuse what needs a connection into a container."""
        self.answer(501, NOT_OFFERED)

    def _send_log(self, namespace: str, pod: str, container: str, raw: str) -> None:
        try:
            query = LogQuery.parse(raw, now=time.time())
            path = self.log_finder(namespace, pod, container, query.previous)
        except NoLogError as problem:
            self.answer(404, str(problem))
            return
        except ValueError as problem:
            self.answer(400, f"unable to decode the request for container logs: {problem}")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        with contextlib.suppress(OSError):
            for line in read_log(path, query, ended=lambda: not self.current(path)):
                self.wfile.write(line)
