"""All running parts of a world: started together, watched, stopped together."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from langsmith_sandbox.supervisor.process import PartProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from langsmith_sandbox.part import Part
    from langsmith_sandbox.world import PartState

_WATCH_INTERVAL = 0.2  # seconds between two looks at the processes
_GRACE = 8.0  # seconds between asking a part to end and killing it


class Crew:
    """The parts that run now.

    Args:
        environ: Environment every part starts from.
        logs: Folder of the parts' logs.
        changed: Called, from any thread, when the state of a part is not what it was.
        grace: Seconds a part gets to end by itself.
    """

    def __init__(
        self, environ: Mapping[str, str], logs: Path, changed: Callable[[], None], grace: float = _GRACE
    ) -> None:
        self._environ = dict(environ)
        self._logs = logs
        self._changed = changed
        self._grace = grace
        self._lock = threading.Lock()
        self._members: dict[str, PartProcess] = {}
        # Children die with the thread that started them, so one thread that never ends starts them all.
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def start(self, parts: Sequence[Part]) -> None:
        """Start ``parts`` at once and return when all are ready.

        Raises:
            PartFailedError: One of them failed; those that did start keep running until stopped.
        """
        members = [self._spawner.submit(self._spawn, part).result() for part in parts]
        self._changed()
        with ThreadPoolExecutor(max(1, len(members))) as waiting:
            outcomes = [waiting.submit(self._wait_ready, member) for member in members]
        for outcome in outcomes:
            outcome.result()

    def stop(self, names: Sequence[str], grace: float | None = None) -> None:
        """End the parts of these names, side by side, and forget them; ``grace`` in place of the crew's own."""
        with self._lock:
            leaving = [self._members[name] for name in names if name in self._members]
        with ThreadPoolExecutor(max(1, len(leaving))) as stopping:
            list(stopping.map(lambda member: member.stop(self._grace if grace is None else grace), leaving))
        with self._lock:
            for member in leaving:
                self._members.pop(member.part.name, None)
        self._changed()

    def states(self) -> tuple[PartState, ...]:
        """Every part in start order."""
        with self._lock:
            return tuple(member.state() for member in self._members.values())

    def close(self) -> None:
        """Stop watching; call it when every part was stopped."""
        self._over.set()
        self._watcher.join()
        self._spawner.shutdown()

    def _spawn(self, part: Part) -> PartProcess:
        log = self._logs / f"{part.name}.log"
        member = PartProcess.spawn(part, self._environ, log)
        with self._lock:
            self._members[part.name] = member
        return member

    def _wait_ready(self, member: PartProcess) -> None:
        try:
            member.wait_ready()
        finally:
            self._changed()

    def _watch(self) -> None:
        known = self.states()
        while not self._over.wait(_WATCH_INTERVAL):
            if (now := self.states()) != known:
                known = now
                self._changed()
