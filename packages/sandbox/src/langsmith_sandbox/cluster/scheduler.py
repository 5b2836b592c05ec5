"""Binds Pods that have no node yet."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.api import STRATEGIC_PATCH, Json, KubernetesApi
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.scheduling import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_sandbox.cluster.events import EventRecorder

log = logging.getLogger(__name__)

SCHEDULER_NAME = "default-scheduler"
RETRY_SECONDS = 5.0


class Scheduler:
    """Places waiting Pods whenever a Pod or a node changes.

    Args:
        api: Where bindings go.
        events: Where ``FailedScheduling`` goes.
        nodes: All nodes as last seen.
        pods: All Pods as last seen.
    """

    def __init__(
        self,
        api: KubernetesApi,
        events: EventRecorder,
        nodes: Callable[[], list[Json]],
        pods: Callable[[], list[Json]],
    ) -> None:
        self._api = api
        self._events = events
        self._nodes = nodes
        self._pods = pods
        self._changed = threading.Event()
        # Bindings made here that the watch has not shown yet; they take up room already.
        self._bound: dict[str, str] = {}

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="scheduler", daemon=True).start()

    def notice(self) -> None:
        """Something changed: look again."""
        self._changed.set()

    def _run(self) -> None:
        failed = False
        while True:
            self._changed.wait(RETRY_SECONDS if failed else None)
            self._changed.clear()
            try:
                self.schedule_all()
                failed = False
            except KubernetesApiError as problem:
                log.warning("scheduling: %s", problem.message)
                failed = True

    def schedule_all(self) -> None:
        """Try to place every Pod that waits."""
        pods = [self._as_bound(pod) for pod in self._pods()]
        self._bound = {uid: node for uid, node in self._bound.items() if uid in {p["metadata"]["uid"] for p in pods}}
        for position, pod in enumerate(pods):
            if not _waits(pod):
                continue
            placement = place(pod, self._nodes(), pods)
            if placement.node:
                self._bind(pod, placement.node)
                pods[position] = self._as_bound(pod)
            else:
                self._tell(pod, placement.message)

    def _as_bound(self, pod: Json) -> Json:
        node = self._bound.get(pod["metadata"]["uid"])
        if node is None or pod["spec"].get("nodeName"):
            return pod
        return {**pod, "spec": {**pod["spec"], "nodeName": node}}

    def _bind(self, pod: Json, node: str) -> None:
        metadata = pod["metadata"]
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": metadata["name"], "uid": metadata["uid"]},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        }
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/binding"
        try:
            self._api.create(path, binding)
        except KubernetesApiError as problem:
            # Deleted, or bound by somebody else, since it was last seen.
            if problem.status not in {404, 409}:
                raise
            return
        self._bound[metadata["uid"]] = node
        self._events.record(
            pod,
            "Normal",
            "Scheduled",
            f"Successfully assigned {metadata['namespace']}/{metadata['name']} to {node}",
        )

    def _tell(self, pod: Json, message: str) -> None:
        current = {entry["type"]: entry for entry in pod.get("status", {}).get("conditions") or ()}
        if current.get("PodScheduled", {}).get("message") == message:
            return
        condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"
        try:
            self._api.patch(path, {"status": {"conditions": [condition]}}, content_type=STRATEGIC_PATCH)
        except KubernetesApiError as problem:
            if problem.status != 404:
                raise
            return
        self._events.record(pod, "Warning", "FailedScheduling", message)


def _waits(pod: Json) -> bool:
    return (
        not pod["spec"].get("nodeName")
        and pod["spec"].get("schedulerName", SCHEDULER_NAME) == SCHEDULER_NAME
        and not pod["spec"].get("schedulingGates")
        and "deletionTimestamp" not in pod["metadata"]
        and pod.get("status", {}).get("phase") == "Pending"
    )
