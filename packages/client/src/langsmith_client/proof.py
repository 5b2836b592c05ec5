"""Proof that the pods behind an agent's URL serve one revision: they say so themselves, many times in a row."""

from __future__ import annotations

import dataclasses
import math
import time
from typing import TYPE_CHECKING, Protocol

import httpx2

from langsmith_control_plane.tls import trust
from langsmith_control_plane.wire import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_TIMEOUT = 90.0
"""Seconds. A revision counts as deployed before every load balancer has let go of the pods it replaces."""
_HOPELESS_AFTER = 15.0
"""Seconds of nothing but answers that waiting does not change, such as an `/info` that the agent hides."""
_OVERLOOKED = 0.01  # the chance we take of never meeting the one pod that still serves another revision
_MOST_ANSWERS = 60
_TIMEOUT = 10.0  # seconds, for one answer
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


class Prove(Protocol):
    """Asks the agent at a URL for a revision."""

    def __call__(self, url: str | None, revision_id: str, *, replicas: int) -> Proof:
        """What it said; `replicas` is how many pods may be answering."""
        ...


def prove(
    url: str | None,
    revision_id: str,
    *,
    replicas: int = 1,
    timeout: float = DEFAULT_TIMEOUT,
    transport: httpx2.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Proof:
    """Ask the agent at `url` until it has named `revision_id` often enough in a row, at most `timeout` seconds.

    Answers that come from the agent and will stay as they are end it earlier.
    """
    if not url:
        return Proof(False, None, "The deployment has no URL.")
    needed, in_a_row = answers_needed(replicas), 0
    deadline = clock() + timeout
    hopeless_at = math.inf
    with _client(transport) as http:
        while True:
            answer = _ask(url, http)
            in_a_row = in_a_row + 1 if answer.served == revision_id else 0
            if in_a_row >= needed:
                health = _health(url, http)
                if not health:
                    return Proof(True, revision_id)
                answer, in_a_row = _Answer(revision_id, health), 0
            hopeless_at = min(hopeless_at, clock() + _HOPELESS_AFTER) if answer.final else math.inf
            if not in_a_row and clock() >= min(deadline, hopeless_at):
                return Proof(False, answer.served, answer.reason or f"{url} serves the revision {answer.served}.")
            if not in_a_row:
                sleep(_PAUSE)


def answers_needed(replicas: int) -> int:
    """Answers in a row after which a pod of another revision would have been met with all but certainty.

    A load balancer picks pods at random at worst, and beside the `replicas` there may be one on its way out.
    """
    pods = max(1, replicas) + 1
    return min(_MOST_ANSWERS, math.ceil(math.log(_OVERLOOKED) / math.log(1 - 1 / pods)))


def ask(url: str, *, transport: httpx2.BaseTransport | None = None) -> Proof:
    """Ask once which revision is served; never `proven`, since one answer is one replica's."""
    with _client(transport) as http:
        answer = _ask(url, http)
        return Proof(False, answer.served, answer.reason or _health(url, http))


@dataclasses.dataclass(frozen=True)
class _Answer:
    """One replica's word.

    Attributes:
        final: True when the agent answered and asking again will lead to the same.
    """

    served: str | None
    reason: str = ""
    final: bool = False


def _client(transport: httpx2.BaseTransport | None) -> httpx2.Client:
    # No connection is used twice: a load balancer would keep us on the replica we first met.
    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.Client(transport=transport, timeout=_TIMEOUT, follow_redirects=True, limits=limits, verify=trust())


def _ask(url: str, http: httpx2.Client) -> _Answer:
    """One answer. `host.host_revision_id` is the control plane's id; its neighbour `revision_id` is not, often null."""
    base = url.rstrip("/")
    try:
        information = http.get(f"{base}/info")
    except NO_ANSWER as error:
        return _Answer(None, f"{base} cannot be reached from here ({type(error).__name__}).")
    if information.status_code in {401, 403}:
        guarded = f"{base}/info answered {information.status_code}: something in front of the agent guards it."
        return _Answer(None, guarded, final=True)
    if information.status_code == 404 and not _health(url, http):
        hidden = "the agent is up but hides it (`http.disable_meta` in langgraph.json), or its own app has taken it"
        return _Answer(None, f"{base}/info answered 404: {hidden}.", final=True)
    if information.status_code != 200:
        return _Answer(None, f"{base}/info answered {information.status_code}.")
    try:
        served = information.json()["host"].get("host_revision_id")
    except (ValueError, LookupError, TypeError, AttributeError):
        return _Answer(None, f"{base}/info is not that of an Agent Server.")
    return _Answer(served) if served else _Answer(None, f"{base}/info names no revision.", final=True)


def _health(url: str, http: httpx2.Client) -> str:
    """What `/ok` has against the agent; empty when it is fine."""
    base = url.rstrip("/")
    try:
        health = http.get(f"{base}/ok")
    except NO_ANSWER as error:
        return f"{base}/ok cannot be reached from here ({type(error).__name__})."
    return "" if health.status_code == 200 else f"{base}/ok answered {health.status_code}."
