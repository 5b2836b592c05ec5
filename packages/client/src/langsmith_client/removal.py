"""Ending a deployment, and staying until it is really gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from langsmith_client.errors import TargetUnavailableError, WaitTimeoutError
from langsmith_client.patience import Patience

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
        TargetUnavailableError: The target could not even be asked to.
    """
    patience = Patience(lambda text: reporter.say("outage", text), clock, sleep)
    if not deployment.deleting:
        patience.ask(lambda: target.delete(deployment, with_traces=with_traces))
    reporter.say("delete", f"{deployment.name} ({deployment.id}) is being deleted", deployment_id=deployment.id)
    deadline, pause = clock() + timeout, _PAUSE
    while True:
        wait = pause
        try:
            if target.gone(deployment):
                return
        except TargetUnavailableError as error:
            wait = max(error.retry_after or 0.0, pause)
        if clock() >= deadline:
            raise WaitTimeoutError(
                f"{deployment.name} was still there after {timeout:.0f} s.",
                "Check that its listener runs, since the data plane does the removing; then run the command again.",
            )
        sleep(min(wait, max(0.0, deadline - clock())))
        pause = min(pause * 1.3, _LONGEST_PAUSE)
