"""How long each part of the way took."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.progress import elapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langsmith_sandbox.progress import Progress, Step


class Timed:
    """Announces steps and keeps their durations, in seconds by name."""

    def __init__(self, progress: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}
        self._clock = clock

    @contextlib.contextmanager
    def step(self, name: str, doing: str = "") -> Iterator[Step]:
        """A step of the display whose duration counts."""
        with self.measured(name), self.progress.step(name, doing) as step:
            yield step

    @contextlib.contextmanager
    def measured(self, name: str) -> Iterator[None]:
        """Work whose duration counts and which announces itself."""
        started = self._clock()
        try:
            yield
        finally:
            self.seconds[name] = round(self._clock() - started, 1)

    def summary(self) -> str:
        """All durations on one line, the sum last."""
        parts = [f"{name} {elapsed(seconds)}" for name, seconds in self.seconds.items()]
        return " · ".join((*parts, f"in all {elapsed(sum(self.seconds.values()))}"))
