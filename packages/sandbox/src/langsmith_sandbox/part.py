"""A part of the world: one long-running local process the supervisor starts, watches and stops."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True)
class Part:
    """What it takes to run one process and to know that it is ready.

    Attributes:
        name: Unique in the world; also the name of its log file. A cluster's parts are named
            ``<cluster>/<component>``.
        argv: Program and arguments. Never holds a secret: arguments are visible to every user of the machine.
        env: Variables set on top of the supervisor's own environment.
        ready: True once the part answers; asked every few hundred milliseconds, must return within a second or two.
        start_timeout: Seconds until a part that is not ready counts as failed.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    ready: Callable[[], bool] = lambda: True
    start_timeout: float = 60.0


def answers_http(url: str, *, ca_file: str | None = None) -> Callable[[], bool]:
    """A readiness check: true when a GET of ``url`` is answered with a status below 400."""

    def check() -> bool:
        context = ssl.create_default_context(cafile=ca_file) if ca_file else None
        try:
            with urllib.request.urlopen(url, timeout=2, context=context) as answer:  # noqa: S310 - loopback only
                return answer.status < 400
        except urllib.error.HTTPError as refused:
            refused.close()
            return False
        except (OSError, http.client.HTTPException):  # the latter from somebody who does not speak HTTP
            return False

    return check


def accepts_connections(port: int) -> Callable[[], bool]:
    """A readiness check: true when something listens on the loopback ``port``."""

    def check() -> bool:
        with contextlib.closing(socket.socket()) as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return check
