"""The one clock of the emulator: real time plus jumps, held still while a request is handled."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import heapq
import itertools
import sys
import time
from collections.abc import Callable, Iterator


class Clock:
    """Seconds since the epoch, as every timed state and every timestamp of the emulator sees them.

    A request is handled at one instant (:meth:`at`), which the journal records: a replay runs at the recorded
    instants, so that creation times and timed states come out the same.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0
        self._held: float | None = None
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """The instant of the request being handled, else the present."""
        return self._source() + self._offset if self._held is None else self._held

    def utc(self) -> dt.datetime:
        """:meth:`now` as an aware UTC time."""
        return dt.datetime.fromtimestamp(self.now(), dt.UTC)

    def jump(self, seconds: float) -> None:
        """Moves the clock forward, so that a waiter of many minutes ends at once."""
        self._offset += seconds

    def real(self) -> float:
        """The present without jumps: what a client on this machine signs its requests with."""
        return self._source()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Has ``action`` run by the first :meth:`run_due` that comes ``seconds`` or more from now."""
        heapq.heappush(self._due, (self.now() + seconds, next(self._order), action))

    def run_due(self) -> None:
        """Runs every action whose time has come, earliest first."""
        while self._due and self._due[0][0] <= self.now():
            heapq.heappop(self._due)[2]()

    def forget_due(self) -> None:
        """Drops all actions: the state they would have changed is gone."""
        self._due.clear()

    @contextlib.contextmanager
    def at(self, instant: float) -> Iterator[None]:
        """Holds the clock at ``instant``. Not for use by two threads at once: the emulator's lock sees to that."""
        self._held, before = instant, self._held
        try:
            yield
        finally:
            self._held = before


@dataclasses.dataclass(frozen=True)
class Delays:
    """How long resources stay in their passing states, in seconds: long enough to be seen, short enough to wait for.

    AWS takes seconds (NAT gateway) to a quarter of an hour (EKS cluster).
    """

    cluster: float = 0.5
    node_group: float = 0.5
    addon: float = 0.3
    cluster_update: float = 0.3
    nat_gateway: float = 0.3
    endpoint: float = 0.3
    load_balancer: float = 0.5
    certificate: float = 0.3
    prefix_list: float = 0.2
    database: float = 1.0
    cache: float = 1.0


def lead_moto_time(clock: Clock) -> None:
    """Makes every loaded part of moto take the time from ``clock``.

    Moto's modules import ``utcnow`` by name, so the name is replaced in each of them; call this again after loading
    further services. Safe to repeat.
    """

    def utcnow() -> dt.datetime:
        return clock.utc().replace(tzinfo=None)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and callable(getattr(module, "utcnow", None)):
            module.utcnow = utcnow  # type: ignore[attr-defined]
