"""Waiting for one revision, our own, through outages and rate limits, to the honest end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

from langsmith_client.errors import (
    AccessExpiredError,
    DeployFailedError,
    MissingError,
    SupersededError,
    TargetAccessError,
    TargetError,
    TargetUnavailableError,
    WaitTimeoutError,
)
from langsmith_client.resume import Resume
from langsmith_client.target.protocol import Deployment, Phase, Revision, Target

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_TIMEOUT = 1800.0
"""Seconds. A first revision also creates a database and may start a node; 300 s, the official client's bound, is too
short for that."""
_FIRST_PAUSE = 0.5  # seconds
_LONGEST_PAUSE = 5.0  # seconds, unless the server asks for more
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
    resume: Callable[[str, str], str] | None = None,
) -> Revision:
    """Poll `revision` until it is deployed, at most `timeout` seconds; `on_status` hears of every change.

    Raises:
        DeployFailedError: It failed or was interrupted, or its deployment was deleted; what ran before still runs.
        SupersededError: A newer revision took over.
        WaitTimeoutError: It was still on its way.
        AccessExpiredError: The key stopped working.
    """
    go_on = f"Go on waiting with: {(resume or Resume())(name, revision.id)}"
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
            raise WaitTimeoutError(f"Revision {revision.id} was still {seen} after {timeout:.0f} s.", go_on)
        sleep(min(pause, max(0.0, deadline - clock())))
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
        try:
            current = target.revision(deployment_id, revision.id)
        except TargetUnavailableError as error:
            pause = max(error.retry_after or 0.0, pause)
        except MissingError as error:
            _fail_missing(target, name, deployment_id, revision, error)
        except TargetAccessError as error:
            raise AccessExpiredError(error.what, f"{error.remedy} {go_on}") from error


def _fail(target: Target, name: str, revision: Revision) -> NoReturn:
    if revision.phase is Phase.SUPERSEDED:
        raise SupersededError(f"Revision {revision.id} was superseded{_by(_now(target, name))}.", "Look at that one.")
    said = f": {revision.message.rstrip('.')}." if revision.message else "."
    raise DeployFailedError(
        f"Revision {revision.id} ended as {revision.status}{said}",
        "What was deployed before still runs; correct the cause and deploy again.",
    )


def _fail_missing(target: Target, name: str, deployment_id: str, revision: Revision, error: MissingError) -> None:
    """Raise what a revision that is not there any more means; return where that may still change.

    A control plane forgets old revisions while their deployment lives on: only the deployment tells which it is.
    """
    try:
        found = target.find(name)
    except TargetError:
        return
    if found is None or found.deleting or found.id != deployment_id:
        raise DeployFailedError(
            f"{name} was deleted while revision {revision.id} was on its way.", "Deploy it again if that was a mistake."
        ) from error
    if found.newest and found.newest.id != revision.id:
        raise SupersededError(
            f"Revision {revision.id} is not there any more, superseded{_by(found)}.", "Look at that one."
        ) from error


def _now(target: Target, name: str) -> Deployment | None:
    try:
        return target.find(name)
    except TargetError:  # the news is that it was superseded; by which one is an extra
        return None


def _by(found: Deployment | None) -> str:
    newest = found.newest if found else None
    if newest is None:
        return " by a newer one"
    image = f", image {newest.image}" if newest.image else ""
    return f" by {newest.id} ({newest.status}{image})"
