"""The stores of a world: what RDS and ElastiCache ask for, run as parts, remembered across restarts."""

from __future__ import annotations

import dataclasses
import json
import logging
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.files import write_whole
from langsmith_sandbox.stores.wanted import WantedStore

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.stores.engines import Store, StoreEngines
    from langsmith_sandbox.stores.store_place import StorePlace
    from langsmith_sandbox.supervisor.crew import Crew

CREATING, AVAILABLE, FAILED = "CREATING", "AVAILABLE", "FAILED"
_MARKER = "wanted.json"  # a folder with it is a store to resume; it goes first when a store is deleted
_AT_ONCE = 2

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class StoreState:
    """What AWS learns about a store's server."""

    status: str
    address: str = ""
    port: int = 0
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        """The control API's answer."""
        return dataclasses.asdict(self)


class Stores:
    """Starts, changes and stops stores in the background, one thing at a time each; callable from any thread."""

    def __init__(self, folder: Path, engines: StoreEngines, crew: Crew) -> None:
        self._folder, self._engines, self._crew = folder, engines, crew
        self._lock = threading.Lock()
        self._states: dict[str, StoreState] = {}
        self._work: dict[str, Future[None]] = {}
        self._running: dict[str, tuple[Store, StorePlace]] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="stores")

    def keep(self, name: str, wanted: WantedStore) -> None:
        """Have the store there, and as it is wanted."""
        with self._lock:
            before = self._work.get(name)
            self._states.setdefault(name, StoreState(CREATING))
            self._work[name] = self._pool.submit(self._bring_about, name, wanted, before)

    def state(self, name: str) -> StoreState | None:
        """None when there is no such store."""
        with self._lock:
            return self._states.get(name)

    def delete(self, name: str) -> bool:
        """Have the store and its data gone; False when there is no such store."""
        with self._lock:
            if name not in self._states:
                return False
            before = self._work.pop(name)
            del self._states[name]
        before.cancel()
        self._pool.submit(self._remove, name, before)
        return True

    def resume(self) -> None:
        """Start every store that was there at the last stop, open to whom it was open to then."""
        for marker in sorted(self._folder.glob(f"*/{_MARKER}")):
            self.keep(marker.parent.name, WantedStore.from_json(json.loads(marker.read_text())))

    def settle(self) -> None:
        """Return when each store is as wanted, or has failed."""
        with self._lock:
            under_way = list(self._work.values())
        for work in under_way:
            work.result()

    def stop(self) -> None:
        """Stop every store and keep its data."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for name in list(self._running):
            self._stop_parts(name)

    def _bring_about(self, name: str, wanted: WantedStore, before: Future[None] | None) -> None:
        if before is not None and not before.cancelled():
            before.result()
        try:
            state = self._brought_about(name, wanted)
        except Exception as problem:  # noqa: BLE001 - whatever it was, AWS must learn that this store failed
            _log.exception("store %s failed", name)
            state = StoreState(FAILED, message=problem.what if isinstance(problem, SandboxError) else str(problem))
        with self._lock:
            if name in self._states:
                self._states[name] = state

    def _brought_about(self, name: str, wanted: WantedStore) -> StoreState:
        if name in self._running:
            store, place = self._running[name]
            store.change(place, wanted)
        else:
            store = self._engines.store(wanted.engine, self._folder / name, name=f"stores/{name}")
            place = store.prepare(wanted)
            self._remember(name, wanted)
            self._running[name] = store, place
            self._crew.start(store.parts(place))
        return StoreState(AVAILABLE, place.address, store.port)

    def _remember(self, name: str, wanted: WantedStore) -> None:
        """What a restart has to know: not the secrets, which the server itself keeps in forms of its own."""
        known = dataclasses.replace(wanted, secrets=())
        write_whole(self._folder / name / _MARKER, json.dumps(known.to_json()))

    def _remove(self, name: str, before: Future[None]) -> None:
        if not before.cancelled():
            before.result()
        (self._folder / name / _MARKER).unlink(missing_ok=True)
        self._stop_parts(name)
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def _stop_parts(self, name: str) -> None:
        """What speaks to the outside first."""
        if name in self._running:
            store, place = self._running.pop(name)
            self._crew.stop([part.name for part in reversed(store.parts(place))])
