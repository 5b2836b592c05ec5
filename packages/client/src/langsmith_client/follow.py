"""Waiting for one revision, our own, through outages and rate limits, to the honest end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

from langsmith_client.errors import (
    AccessExpiredError,
    DeployFailedError,
    SupersededError,
    TargetAccessError,
    TargetError,
    TargetUnavailableError,
    WaitTimeoutError,
)
from langsmith_client.target.protocol import Phase, Revision, Target

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_TIMEOUT = 1800.0
"""Seconds. A first revision also creates a database and may start a node; 300 s, the official client's bound, is too
short for that."""
_FIRST_PAUSE = 0.5  # seconds
_LONGEST_PAUSE = 5.0  # seconds
_GROWTH = 1.3


def follow(
    target: Target,
    name: str,
    deployment_id: str,
    revision: Revision,
    *,
    on_status: Callable[[str], None],
    timeout: float = DEFAULT_TIMEOUT,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Revision:
    """Poll `revision` until it is deployed, at most `timeout` seconds; `on_status` hears of every change.

    Raises:
        DeployFailedError: It failed or was interrupted; what ran before still runs.
        SupersededError: A newer revision took over.
        WaitTimeoutError: It was still on its way.
        AccessExpiredError: The key stopped working.
    """
    resume = f"Go on waiting with: langsmith-client wait {name} {revision.id}"
    deadline = clock() + timeout
    pause = _FIRST_PAUSE
    current, seen = revision, ""
    while True:
        if current.status != seen:
            seen = current.status
            on_status(seen)
        if current.phase.final:
            return current if current.phase is Phase.DEPLOYED else _fail(target, name, current)
        if clock() >= deadline:
            raise WaitTimeoutError(f"Revision {revision.id} was still {seen} after {timeout:.0f} s.", resume)
        sleep(min(pause, max(0.0, deadline - clock())))
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
        try:
            current = target.revision(deployment_id, revision.id)
        except TargetUnavailableError as error:
            pause = min(max(error.retry_after or 0.0, pause), _LONGEST_PAUSE * 4)
        except TargetAccessError as error:
            raise AccessExpiredError(error.what, f"{error.remedy} {resume}") from error


def _fail(target: Target, name: str, revision: Revision) -> NoReturn:
    if revision.phase is Phase.SUPERSEDED:
        raise SupersededError(f"Revision {revision.id} was superseded{_winner(target, name)}.", "Look at that one.")
    said = f": {revision.message.rstrip('.')}." if revision.message else "."
    raise DeployFailedError(
        f"Revision {revision.id} ended as {revision.status}{said}",
        "What was deployed before still runs; correct the cause and deploy again.",
    )


def _winner(target: Target, name: str) -> str:
    try:
        found = target.find(name)
    except TargetError:  # the news is that it was superseded; by which one is an extra
        return " by a newer one"
    return f" by {found.newest.id} ({found.newest.status})" if found and found.newest else " by a newer one"
