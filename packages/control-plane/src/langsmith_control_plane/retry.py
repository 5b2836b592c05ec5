"""How often and how long to wait before a request is sent again."""

from __future__ import annotations

import dataclasses
import email.utils
from datetime import UTC, datetime


@dataclasses.dataclass(frozen=True)
class RetryPolicy:
    """Bounded tries with exponential back-off.

    Attributes:
        tries: Requests sent at most, the first included.
        first_wait: Seconds before the second try; doubles with each further one.
        longest_wait: Upper bound of a wait in seconds, also for a server's ``Retry-After``.
    """

    tries: int = 4
    first_wait: float = 0.5
    longest_wait: float = 20.0

    def wait(self, tried: int, retry_after: float | None, jitter: float) -> float:
        """Seconds to wait after ``tried`` tries.

        Args:
            tried: Tries made so far, from 1.
            retry_after: What the server asked for, in seconds.
            jitter: Between 0 and 1; spreads clients that failed together over half to all of the back-off.
        """
        backoff = self.first_wait * 2 ** (tried - 1) * (0.5 + jitter / 2)
        return min(self.longest_wait, max(backoff, retry_after or 0.0))


def parse_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds named by a ``Retry-After`` header (a number or an HTTP date), or None where it makes no sense."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
