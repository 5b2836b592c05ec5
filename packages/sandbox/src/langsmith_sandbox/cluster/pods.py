"""All Pods of this machine's nodes: a worker each."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.errors import ClusterError
from langsmith_sandbox.cluster.pod_worker import PodWorker, pod_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_sandbox.cluster.api import Json, KubernetesApi

log = logging.getLogger(__name__)

FINISHED_PHASES = frozenset({"Succeeded", "Failed"})


class PodManager:
    """Keeps one worker for every Pod bound to this agent's nodes.

    Args:
        make_worker: Makes the worker of a Pod; its second argument is called when the worker is done.
    """

    def __init__(self, api: KubernetesApi, make_worker: Callable[[Json, Callable[[str], None]], PodWorker]) -> None:
        self._api = api
        self._make_worker = make_worker
        self._lock = threading.Lock()
        self._workers: dict[str, PodWorker] = {}
        self._idle = threading.Condition(self._lock)

    def observe(self, kind: str, pod: Json) -> None:
        """Handle a change of a Pod that is bound to one of this agent's nodes."""
        uid = pod["metadata"]["uid"]
        with self._lock:
            worker = self._workers.get(uid)
            if worker is None and kind != "DELETED" and not _over(pod):
                worker = self._workers[uid] = self._make_worker(pod, self._forget)
                worker.start()
                return
        if worker is None:
            if kind != "DELETED" and "deletionTimestamp" in pod["metadata"]:
                self._finish_deletion(pod)
        elif kind == "DELETED":
            worker.abandon()
        else:
            worker.update(pod)

    def find(self, uid: str) -> PodWorker | None:
        """The worker of a Pod."""
        with self._lock:
            return self._workers.get(uid)

    def stop(self, timeout: float) -> bool:
        """End every Pod's processes; whether all were gone within ``timeout`` seconds."""
        with self._idle:
            for worker in self._workers.values():
                worker.abandon(grace=timeout / 2)
            return self._idle.wait_for(lambda: not self._workers, timeout)

    def _forget(self, uid: str) -> None:
        with self._idle:
            self._workers.pop(uid, None)
            self._idle.notify_all()

    def _finish_deletion(self, pod: Json) -> None:
        """Confirm the deletion of a Pod that runs nothing (any more)."""
        if pod["metadata"].get("deletionGracePeriodSeconds") == 0:
            return
        try:
            self._api.delete(pod_path(pod), grace_seconds=0, uid=pod["metadata"]["uid"])
        except ClusterError as problem:
            log.warning("deleting Pod %s: %s", pod["metadata"]["name"], problem)


def _over(pod: Json) -> bool:
    """Whether nothing is to be run for the Pod."""
    return "deletionTimestamp" in pod["metadata"] or pod.get("status", {}).get("phase") in FINISHED_PHASES
