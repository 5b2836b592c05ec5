"""What was asked of the emulator, for people and tests: operations and statuses, never bodies or headers."""

from __future__ import annotations

import collections
import dataclasses
import threading

_REMEMBERED = 1000


@dataclasses.dataclass(frozen=True)
class Asked:
    """One request answered."""

    method: str
    service: str
    operation: str
    status: int


class RequestLog:
    """Counts every request and remembers the last thousand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._last: collections.deque[Asked] = collections.deque(maxlen=_REMEMBERED)

    def add(self, asked: Asked) -> None:
        with self._lock:
            self._count += 1
            self._last.append(asked)

    def clear(self) -> None:
        with self._lock:
            self._count = 0
            self._last.clear()

    def snapshot(self) -> dict[str, object]:
        """``{"count": N, "requests": [...]}``, oldest first."""
        with self._lock:
            return {"count": self._count, "requests": [dataclasses.asdict(asked) for asked in self._last]}
