"""Proof that the pods behind an agent's URL serve one revision: they say so themselves, several times in a row."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import httpx2

from langsmith_client.tls import trust

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_TIMEOUT = 90.0
"""Seconds. A revision counts as deployed before every load balancer has let go of the pods it replaces."""
_NEEDED = 3
_TIMEOUT = 10.0  # seconds, for one answer
_BETWEEN_ANSWERS = 0.05  # seconds; several replicas answer in turn
_PAUSE = 1.0  # seconds, after an answer that proves nothing


@dataclasses.dataclass(frozen=True)
class Proof:
    """What the agent itself said.

    Attributes:
        proven: Every one of the last answers named the revision, and `/ok` was fine.
        served: The revision the last answer named, or None.
        reason: Why it is not proven, as a sentence; empty when it is.
    """

    proven: bool
    served: str | None
    reason: str = ""


def prove(
    url: str | None,
    revision_id: str,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    transport: httpx2.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Proof:
    """Ask the agent at `url` until it has named `revision_id` several times in a row, at most `timeout` seconds."""
    if not url:
        return Proof(False, None, "The deployment has no URL.")
    deadline = clock() + timeout
    in_a_row = 0
    with _client(transport) as http:
        while True:
            answer = _ask(url, http)
            matches = answer.served == revision_id and not answer.reason
            in_a_row = in_a_row + 1 if matches else 0
            if in_a_row == _NEEDED:
                return Proof(True, revision_id)
            if clock() >= deadline:
                return Proof(False, answer.served, answer.reason or f"{url} serves the revision {answer.served}.")
            sleep(_BETWEEN_ANSWERS if matches else _PAUSE)


def ask(url: str, *, transport: httpx2.BaseTransport | None = None) -> Proof:
    """Ask once which revision is served; never `proven`, since one answer is one replica's."""
    with _client(transport) as http:
        return _ask(url, http)


def _client(transport: httpx2.BaseTransport | None) -> httpx2.Client:
    # No connection is used twice: a load balancer would keep us on the replica we first met.
    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.Client(transport=transport, timeout=_TIMEOUT, follow_redirects=True, limits=limits, verify=trust())


def _ask(url: str, http: httpx2.Client) -> Proof:
    """One answer. `host.host_revision_id` is the control plane's id; its neighbour `revision_id` is not, often null."""
    base = url.rstrip("/")
    try:
        health = http.get(f"{base}/ok")
        information = http.get(f"{base}/info")
    except (httpx2.HTTPError, httpx2.InvalidURL, OverflowError) as error:
        return Proof(False, None, f"{base} cannot be reached from here ({type(error).__name__}).")
    if information.status_code != 200:
        return Proof(False, None, f"{base}/info answered {information.status_code}.")
    try:
        host = information.json()["host"]
        served = host.get("host_revision_id")
    except (ValueError, LookupError, TypeError, AttributeError):
        return Proof(False, None, f"{base}/info is not that of an Agent Server.")
    if not served:
        return Proof(False, None, f"{base}/info names no revision.")
    if health.status_code != 200:
        return Proof(False, served, f"{base}/ok answered {health.status_code}.")
    return Proof(False, served)
