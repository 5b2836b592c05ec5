"""Asking a target again while it does not answer: a restart of the control plane must not cost a deploy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from langsmith_client.errors import TargetUnavailableError

LONGEST_OUTAGE = 180.0
"""Seconds one question is asked again for. A control plane that restarts is back in less."""
_FIRST_PAUSE = 1.0  # seconds
_LONGEST_PAUSE = 15.0  # seconds, unless the server asks for more

T = TypeVar("T")


class Patience:
    """Repeats a question as long as a target is merely unavailable.

    Args:
        tell: Hears once a question why it is asked again.
        clock: Seconds of a clock that never jumps.
        sleep: Waits that many seconds.
        limit: Seconds after which the outage is passed on.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        *,
        limit: float = LONGEST_OUTAGE,
    ) -> None:
        self._tell, self._clock, self._sleep, self._limit = tell, clock, sleep, limit

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to `question`, which must do no harm when asked twice.

        Raises:
            TargetUnavailableError: The outage goes on, or the server asks for a longer wait than there is time.
        """
        give_up = self._clock() + self._limit
        pause, told = _FIRST_PAUSE, False
        while True:
            try:
                return question()
            except TargetUnavailableError as error:
                wait = max(pause, error.retry_after or 0.0)
                if self._clock() + wait > give_up:
                    raise
                if not told:
                    self._tell(f"{error.what} Trying again for {self._limit:.0f} s.")
                    told = True
            self._sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)
