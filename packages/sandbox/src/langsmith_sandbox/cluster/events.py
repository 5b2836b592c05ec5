"""Kubernetes Events: what ``kubectl describe`` shows, and what deploy tools quote when something does not start."""

from __future__ import annotations

import collections
import logging
import threading
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.container_state import timestamp
from langsmith_sandbox.cluster.errors import KubernetesApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_sandbox.cluster.api import Json, KubernetesApi

log = logging.getLogger(__name__)

REMEMBERED = 500
LONGEST_MESSAGE = 1024  # the API's limit


class EventRecorder:
    """Writes Events. The same thing said again of the same object raises the count of the Event there is.

    Args:
        api: Where to.
        component: Who reports, for example ``kubelet``.
        clock: Seconds since the epoch.
    """

    def __init__(self, api: KubernetesApi, component: str, *, clock: Callable[[], float] = time.time) -> None:
        self._api = api
        self._component = component
        self._clock = clock
        self._lock = threading.Lock()
        self._known: collections.OrderedDict[tuple[str, str, str], tuple[str, int]] = collections.OrderedDict()

    def record(self, pod: Json, kind: str, reason: str, message: str) -> None:
        """Tell of a Pod. An Event that cannot be written is not worth failing for: it is only logged.

        Args:
            pod: Whom it concerns: a Pod, or an object that names its kind.
            kind: ``Normal`` or ``Warning``.
            reason: CamelCase word.
            message: One sentence.
        """
        metadata = pod["metadata"]
        message = message[:LONGEST_MESSAGE]
        collection = f"/api/v1/namespaces/{metadata['namespace']}/events"
        key = (metadata["uid"], reason, message)
        now = timestamp(self._clock())
        with self._lock:
            name, count = self._known.get(key, ("", 0))
        try:
            if name:
                self._api.patch(f"{collection}/{name}", {"count": count + 1, "lastTimestamp": now})
            else:
                created = self._api.create(collection, self._event(pod, kind, reason, message, now))
                name = created["metadata"]["name"]
        except KubernetesApiError as problem:
            # A namespace that is going away takes no new objects.
            log.debug("event %s of %s: %s", reason, metadata["name"], problem.message)
            return
        with self._lock:
            self._known[key] = (name, count + 1)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def _event(self, about: Json, kind: str, reason: str, message: str, now: str) -> Json:
        metadata = about["metadata"]
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{metadata['name']}.", "namespace": metadata["namespace"]},
            "involvedObject": {
                "apiVersion": about.get("apiVersion", "v1"),
                "kind": about.get("kind", "Pod"),
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "uid": metadata["uid"],
            },
            "type": kind,
            "reason": reason,
            "message": message,
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": self._component},
        }
