"""One Pod, from its binding to its deletion."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.addresses import pod_address
from langsmith_sandbox.cluster.container import NEVER, Container
from langsmith_sandbox.cluster.container_state import timestamp
from langsmith_sandbox.cluster.errors import ContainerConfigError, KubernetesApiError
from langsmith_sandbox.cluster.pod_preparation import NodeServices, PodPreparation
from langsmith_sandbox.cluster.pod_status import status_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json, KubernetesApi
    from langsmith_sandbox.cluster.pod_folder import PodFolder

log = logging.getLogger(__name__)

DEFAULT_GRACE_SECONDS = 30
VOLUME_RETRY_SECONDS = 2.0
VOLUME_REFRESH_SECONDS = 60.0
STATUS_RETRY_SECONDS = 1.0


def pod_path(pod: Json) -> str:
    """A Pod's URL path."""
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


class PodWorker:
    """Runs one Pod.

    Args:
        pod: The Pod, bound to a node of this agent.
        api: Where its status goes.
        folder: Its files.
        node: What the node offers.
        on_done: Called once, at the end, from the worker's thread.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        pod: Json,
        api: KubernetesApi,
        folder: PodFolder,
        node: NodeServices,
        *,
        on_done: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pod = pod
        self._api = api
        self._folder = folder
        self._on_done = on_done
        self._clock = clock
        self._wakeup = threading.Event()
        self._ip = pod_address(pod["metadata"]["uid"])
        self._started = pod.get("status", {}).get("startTime") or timestamp(clock())
        self._preparation = PodPreparation(pod, self._ip, folder, node)
        self._inits, self._mains = self._containers(pod)
        self._volumes_due = 0.0
        self._mounted = False
        self._published: Json | None = None
        self._deadline: float | None = None
        self._abandoned = False
        self._abandoned_grace = 0.0

    def start(self) -> None:
        """Begin."""
        name = f"{self._pod['metadata']['namespace']}/{self._pod['metadata']['name']}"
        threading.Thread(target=self._run, name=f"pod {name}", daemon=True).start()

    def update(self, pod: Json) -> None:
        """Take note of the Pod as the API now has it."""
        if int(pod["metadata"]["resourceVersion"]) >= int(self._pod["metadata"]["resourceVersion"]):
            self._pod = pod
            self._wakeup.set()

    def abandon(self, *, grace: float = 0.0) -> None:
        """End the processes and say nothing: the Pod is gone from the API, or the agent ends.

        Args:
            grace: Seconds the processes get.
        """
        self._abandoned = True
        self._abandoned_grace = grace
        self._wakeup.set()

    def log_file(self, container: str, *, previous: bool) -> Path | None:
        """The log of a container's current or previous run; None when there is none."""
        for candidate in (*self._mains, *self._inits):
            if candidate.name == container:
                attempt = candidate.view().restarts - (1 if previous else 0)
                path = self._folder.log(container, attempt)
                # While it waits to be started again, the run that ended is the current one.
                if not path.exists() and not previous:
                    path = self._folder.log(container, attempt - 1)
                return path if path.exists() else None
        return None

    def is_running(self, container: str, log_path: Path) -> bool:
        """Whether the run of a container that writes to ``log_path`` goes on."""
        return any(
            candidate.name == container
            and candidate.running
            and self._folder.log(container, candidate.view().restarts) == log_path
            for candidate in self._all()
        )

    def _containers(self, pod: Json) -> tuple[list[Container], list[Container]]:
        policy = pod["spec"].get("restartPolicy", "Always")
        status = pod.get("status", {})
        known = {entry["name"]: entry for entry in status.get("containerStatuses") or ()}
        # Init containers run again after a restart of the node, as they do when a kubelet rebuilds the Pod.
        init_policy = "Never" if policy == "Never" else "OnFailure"
        inits = [
            Container(spec, init_policy, self._preparation, self._wakeup.set)
            for spec in pod["spec"].get("initContainers") or ()
        ]
        mains = [
            Container(spec, policy, self._preparation, self._wakeup.set, before=known.get(spec["name"]))
            for spec in pod["spec"]["containers"]
        ]
        return inits, mains

    def _run(self) -> None:
        try:
            while True:
                self._wakeup.clear()
                due = self._step()
                if due is None:
                    break
                self._wakeup.wait(None if due == NEVER else max(0.0, due - self._clock()))
        except Exception:
            log.exception("the worker of Pod %s failed", self._pod["metadata"]["name"])
        finally:
            self._end_all(self._abandoned_grace)
            self._folder.remove()
            self._on_done(self._pod["metadata"]["uid"])

    def _step(self) -> float | None:
        """Do what is due. Returns when to come back, or None when the Pod is over and out of the API."""
        if self._abandoned:
            return None
        if "deletionTimestamp" in self._pod["metadata"]:
            return self._terminate()
        due = self._advance()
        return min(due, self._publish())

    def _advance(self) -> float:
        now = self._clock()
        if now >= self._volumes_due:
            self._mount(now)
        if not self._mounted:
            return self._volumes_due
        due = self._volumes_due
        for init in self._inits:
            due = min(due, init.advance())
            if not init.succeeded:
                for main in self._mains:
                    main.wait_for("PodInitializing")
                return due
        finished = all(main.finished for main in self._mains)
        return min([due if not finished else NEVER, *(main.advance() for main in self._mains)])

    def _mount(self, now: float) -> None:
        try:
            self._preparation.volumes()
        except (ContainerConfigError, KubernetesApiError) as problem:
            self._volumes_due = now + VOLUME_RETRY_SECONDS
            if not self._mounted:
                self._preparation.event("Warning", "FailedMount", f"MountVolume.SetUp failed: {problem.message}")
        else:
            self._mounted = True
            self._volumes_due = now + VOLUME_REFRESH_SECONDS

    def _publish(self) -> float:
        """Tell the API what changed; returns when to try again."""
        status = self._status()
        if status == self._published:
            return NEVER
        try:
            self._pod = self._api.patch(f"{pod_path(self._pod)}/status", {"status": status})
        except KubernetesApiError as problem:
            if problem.status == 404:
                return NEVER
            log.warning("status of Pod %s: %s", self._pod["metadata"]["name"], problem.message)
            return self._clock() + STATUS_RETRY_SECONDS
        # Not the status as it is by now: what changed while the API answered has not been told yet.
        self._published = status
        return NEVER

    def _status(self) -> Json:
        return status_of(
            self._pod,
            [container.view() for container in self._inits],
            [container.view() for container in self._mains],
            pod_ip=self._ip,
            now=timestamp(self._clock()),
            started=self._started,
        )

    def _terminate(self) -> float | None:
        now = self._clock()
        if self._deadline is None:
            grace = self._pod["metadata"].get("deletionGracePeriodSeconds", DEFAULT_GRACE_SECONDS)
            self._deadline = now + grace
            if any(container.running for container in self._all()):
                self._preparation.event("Normal", "Killing", f"Stopping Pod {self._pod['metadata']['name']}")
            for container in self._all():
                container.stop(grace)
        due = min([container.advance() for container in self._all()], default=NEVER)
        if any(container.running for container in self._all()):
            return min(due, self._publish())
        self._publish()
        try:
            self._api.delete(pod_path(self._pod), grace_seconds=0, uid=self._pod["metadata"]["uid"])
        except KubernetesApiError as problem:
            log.warning("deleting Pod %s: %s", self._pod["metadata"]["name"], problem.message)
            return self._clock() + STATUS_RETRY_SECONDS
        return None

    def _all(self) -> list[Container]:
        return [*self._inits, *self._mains]

    def _end_all(self, grace: float) -> None:
        for container in self._all():
            container.stop(grace)
        while any(container.running for container in self._all()):
            due = min(container.advance() for container in self._all())
            self._wakeup.clear()
            if any(container.running for container in self._all()):
                self._wakeup.wait(max(0.05, min(1.0, due - self._clock())))
