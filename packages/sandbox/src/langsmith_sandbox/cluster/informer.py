"""A local copy of one kind of object, kept current by a watch."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from langsmith_sandbox.cluster.api import Json, KubernetesApi
from langsmith_sandbox.cluster.errors import KubernetesApiError

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
ADDED, MODIFIED, DELETED, BOOKMARK = "ADDED", "MODIFIED", "DELETED", "BOOKMARK"
Handler = Callable[[str, Json], None]


class Informer:
    """Lists a collection, then follows it in a daemon thread of its own.

    Args:
        api: Where to ask.
        path: The collection, for example ``/api/v1/pods``.
        handler: Called in the informer's thread with (``ADDED`` | ``MODIFIED`` | ``DELETED``, object). A change missed
            while the connection was down is reported after the next list.
        pause: How to wait before the next try after a failure.
    """

    def __init__(
        self, api: KubernetesApi, path: str, handler: Handler, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._api = api
        self._path = path
        self._handler = handler
        self._pause = pause
        self._lock = threading.Lock()
        self._objects: dict[str, Json] = {}
        self._stopped = threading.Event()
        self.synced = threading.Event()

    def start(self) -> None:
        """Begin; ``synced`` is set once the first list was handled."""
        threading.Thread(target=self._run, name=f"informer {self._path}", daemon=True).start()

    def stop(self) -> None:
        """Give up when the connection next ends or fails: for a cluster that is going away."""
        self._stopped.set()

    def objects(self) -> list[Json]:
        """All objects as last seen. Not to be changed by the caller."""
        with self._lock:
            return list(self._objects.values())

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.follow_once()
            except KubernetesApiError as problem:
                if self._stopped.is_set():
                    return
                # 410: the server forgot the version we were at. Listing again is the cure, and no news. 404: nobody has
                # defined the kind yet.
                if problem.status not in {404, 410}:
                    log.warning("watch of %s: %s", self._path, problem.message)
                self._pause(RETRY_SECONDS)

    def follow_once(self) -> None:
        """List, report the differences, then watch until the server ends the watch."""
        listing = self._api.get(self._path)
        self._reconcile(listing)
        self.synced.set()
        version = listing["metadata"]["resourceVersion"]
        while not self._stopped.is_set():
            for kind, item in self._api.watch(self._path, version):
                version = item["metadata"]["resourceVersion"]
                if kind != BOOKMARK:
                    self._record(kind, item)

    def _reconcile(self, listing: Json) -> None:
        current = {item["metadata"]["uid"]: item for item in listing.get("items") or ()}
        with self._lock:
            known = dict(self._objects)
        for uid, item in known.items():
            if uid not in current:
                self._record(DELETED, item)
        for uid, item in current.items():
            if uid not in known:
                self._record(ADDED, item)
            elif known[uid]["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
                self._record(MODIFIED, item)

    def _record(self, kind: str, item: Json) -> None:
        with self._lock:
            if kind == DELETED:
                self._objects.pop(item["metadata"]["uid"], None)
            else:
                self._objects[item["metadata"]["uid"]] = item
        try:
            self._handler(kind, item)
        except Exception:
            # One object that cannot be handled must not blind the agent to all others.
            log.exception("handling %s of %s failed", kind, item["metadata"].get("name"))
