"""Ending a deployment, and staying until it is really gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from langsmith_client.errors import TargetUnavailableError, WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Deployment, Remover

_PAUSE = 0.5  # seconds, growing
_LONGEST_PAUSE = 5.0  # seconds


def remove(
    target: Remover,
    deployment: Deployment,
    reporter: Reporter,
    *,
    with_traces: bool,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Delete `deployment` and wait at most `timeout` seconds until nothing of it is left.

    Raises:
        WaitTimeoutError: It was still there; usually its listener is not running.
    """
    if not deployment.deleting:
        target.delete(deployment, with_traces=with_traces)
    reporter.say("delete", f"{deployment.name} ({deployment.id}) is being deleted", deployment_id=deployment.id)
    deadline, pause = clock() + timeout, _PAUSE
    while not _gone(target, deployment):
        if clock() >= deadline:
            raise WaitTimeoutError(
                f"{deployment.name} was still there after {timeout:.0f} s.",
                "Check that its listener runs, since the data plane does the removing; then run the command again.",
            )
        sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)


def _gone(target: Remover, deployment: Deployment) -> bool:
    try:
        return target.gone(deployment)
    except TargetUnavailableError:
        return False
