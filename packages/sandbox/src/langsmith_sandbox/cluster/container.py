"""One container of a Pod: pulled, configured, started, probed, restarted, stopped."""

from __future__ import annotations

import dataclasses
import logging
import math
import time
from typing import TYPE_CHECKING, Protocol

from langsmith_sandbox.cluster import last_words
from langsmith_sandbox.cluster.container_state import (
    ContainerView,
    Running,
    State,
    Terminated,
    Waiting,
    terminated_from,
    timestamp,
)
from langsmith_sandbox.cluster.errors import (
    ClusterError,
    ContainerConfigError,
    ContainerStartError,
    ImageError,
    KubernetesApiError,
)
from langsmith_sandbox.cluster.run_probes import READINESS, RunProbes
from langsmith_sandbox.cluster.runtime import Command, ContainerProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json
    from langsmith_sandbox.cluster.images import Image
    from langsmith_sandbox.cluster.probes import Check

log = logging.getLogger(__name__)

# A kubelet backs off from 10 s to 5 min; nobody waits that long in a sandbox.
FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 10.0
# A process that fails its probes gets this long to end (a kubelet: the Pod's 30 s).
UNHEALTHY_GRACE_SECONDS = 10.0
# A run this long clears the back-off (a kubelet: 10 min).
STEADY_SECONDS = 60.0
START_ERROR_EXIT_CODE = 128
UNKNOWN_EXIT_CODE = 255
NEVER = math.inf


@dataclasses.dataclass(frozen=True)
class PreparedRun:
    """What one run of a container needs.

    Attributes:
        command: The process.
        log: The file its output goes to.
        checks: Check by kind of probe: ``startupProbe``, ``readinessProbe``, ``livenessProbe``.
        last_words: The file in which the process may say why it ended.
    """

    command: Command
    log: Path
    checks: dict[str, Check]
    last_words: Path


class Preparation(Protocol):
    """The node's part in starting a container."""

    def image(self, container: Json) -> Image:
        """Its image, pulled if need be. Raises ImageError."""
        ...

    def run(self, container: Json, image: Image, attempt: int) -> PreparedRun:
        """Everything for one run. Raises ContainerConfigError or ContainerStartError."""
        ...

    def event(self, kind: str, reason: str, message: str) -> None:
        """Tell the Pod's readers what happened (``Normal`` or ``Warning``)."""
        ...


class Container:
    """A container's life. All methods are called from its Pod's thread, save the probes' and the process's ``wake``.

    Args:
        spec: Its specification.
        policy: Whether it is started again: ``Always``, ``OnFailure``, ``Never``.
        preparation: The node's part.
        wake: Called when something happened that ``advance`` should look at.
        before: Its status as an earlier node agent left it.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        spec: Json,
        policy: str,
        preparation: Preparation,
        wake: Callable[[], None],
        *,
        before: Json | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._spec = spec
        self._policy = policy
        self._preparation = preparation
        self._wake = wake
        self._clock = clock
        self._state: State = Waiting("ContainerCreating")
        self._last: Terminated | None = None
        self._restarts = 0
        self._image_id = ""
        self._process: ContainerProcess | None = None
        self._last_words: Path | None = None
        self._probes: RunProbes | None = None
        self._backoff = 0.0
        self._due = 0.0
        self._kill_at = NEVER
        self._stopping = False
        self._begun = 0.0
        if before:
            self._resume(before)

    @property
    def name(self) -> str:
        """Its name."""
        return self._spec["name"]

    @property
    def finished(self) -> bool:
        """Ended, and not to be started again."""
        return isinstance(self._state, Terminated) and self._due == NEVER

    @property
    def succeeded(self) -> bool:
        """Ended with exit code 0."""
        return isinstance(self._state, Terminated) and self._state.exit_code == 0

    @property
    def running(self) -> bool:
        """Whether it has a process."""
        return self._process is not None

    def view(self) -> ContainerView:
        """What is told about it."""
        return ContainerView(
            self.name,
            self._spec["image"],
            self._image_id,
            self._state,
            self._last,
            self._restarts,
            ready=self._probes is not None and self._probes.ready,
            started=self._probes is not None and self._probes.started,
        )

    def wait_for(self, reason: str, message: str = "") -> None:
        """Show why it has not been tried yet (``PodInitializing``, a volume that is missing)."""
        if isinstance(self._state, Waiting) and not self.running:
            self._state = Waiting(reason, message)

    def advance(self) -> float:
        """Do what is due; returns the time (seconds since the epoch) of the next thing, infinity for none."""
        if self._process is not None:
            code = self._process.exit_code
            if code is None:
                if self._clock() >= self._kill_at:
                    self._process.kill()
                    self._kill_at = NEVER
                return self._kill_at
            self._ended(code)
        if self._stopping:
            return NEVER
        if self._due <= self._clock():
            self._try_start()
        return self._due if self._process is None else self._kill_at

    def stop(self, grace: float) -> None:
        """Ask it to end, and make it end ``grace`` seconds later; it is not started again."""
        self._stopping = True
        self._end_process(grace)

    def _resume(self, before: Json) -> None:
        self._restarts = before.get("restartCount", 0)
        self._image_id = before.get("imageID", "")
        ended = terminated_from(before)
        if ended is not None and not self._runs_again(ended.exit_code):
            self._state, self._due = ended, NEVER
        elif ended is not None or "running" in before.get("state", {}):
            # The process went with the node agent that ran it; how it would have ended nobody knows.
            started = before["state"].get("running", {}).get("startedAt", "")
            unknown = Terminated(UNKNOWN_EXIT_CODE, "Unknown", started, timestamp(self._clock()))
            self._last = ended or unknown
            self._restarts += 1

    def _runs_again(self, code: int) -> bool:
        return self._policy == "Always" or (self._policy == "OnFailure" and code != 0)

    def _try_start(self) -> None:
        try:
            image = self._preparation.image(self._spec)
            self._image_id = image.image_id
            prepared = self._preparation.run(self._spec, image, self._restarts)
            self._process = ContainerProcess.start(prepared.command, prepared.log, on_exit=self._wake)
        except ImageError as problem:
            self._failed_to_pull(problem)
        except ContainerStartError as problem:
            self._failed_to_start(problem)
        except ContainerConfigError as problem:
            self._state = Waiting("CreateContainerConfigError", problem.message)
            self._preparation.event("Warning", "Failed", f"Error: {problem.message}")
            self._back_off()
        except KubernetesApiError as problem:
            self._state = Waiting("CreateContainerConfigError", problem.message)
            self._back_off()
        else:
            self._begin(prepared)

    def _begin(self, prepared: PreparedRun) -> None:
        self._begun = self._clock()
        self._last_words = prepared.last_words
        self._state = Running(timestamp(self._begun))
        self._kill_at = NEVER
        self._preparation.event("Normal", "Started", f"Container started: {self.name}")
        self._probes = RunProbes(self._spec, prepared.checks, changed=self._wake, failed=self._probe_failed)
        self._probes.start()

    def _probe_failed(self, kind: str, message: str) -> None:
        """Called from a probe's thread: tells of it, and ends a run that is not alive."""
        shown = kind.removesuffix("Probe")
        self._preparation.event("Warning", "Unhealthy", f"{shown.capitalize()} probe failed: {message}")
        if kind != READINESS:
            verdict = f"Container {self.name} failed {shown} probe, will be restarted"
            self._preparation.event("Normal", "Killing", verdict)
            self._end_process(self._spec[kind].get("terminationGracePeriodSeconds", UNHEALTHY_GRACE_SECONDS))

    def _end_process(self, grace: float) -> None:
        if self._probes is not None:
            self._probes.stop()
        process = self._process
        if process is not None:
            self._kill_at = min(self._kill_at, self._clock() + grace)
            process.terminate()

    def _ended(self, code: int) -> None:
        if self._probes is not None:
            self._probes.stop()
            self._probes = None
        reason = "OOMKilled" if self._process and self._process.out_of_memory else "Error" if code else "Completed"
        self._process = None
        self._kill_at = NEVER
        now = self._clock()
        ended = Terminated(code, reason, timestamp(self._begun), timestamp(now), last_words.read(self._last_words))
        self._state, self._due = ended, NEVER
        if self._stopping or not self._runs_again(code):
            return
        if now - self._begun >= STEADY_SECONDS:
            self._backoff = 0.0
        self._restart_later(ended)

    def _restart_later(self, ended: Terminated) -> None:
        self._last = ended
        self._restarts += 1
        delay = self._back_off()
        message = f"back-off {delay:g}s restarting failed container={self.name}"
        self._state = Waiting("CrashLoopBackOff", message)
        self._preparation.event("Warning", "BackOff", f"Back-off restarting failed container {self.name}")

    def _failed_to_pull(self, problem: ImageError) -> None:
        known = isinstance(self._state, Waiting) and self._state.reason in {problem.reason, "ImagePullBackOff"}
        image = self._spec["image"]
        if problem.reason == "ErrImagePull" and known:
            self._state = Waiting(
                "ImagePullBackOff", f'Back-off pulling image "{image}": ErrImagePull: {problem.message}'
            )
        else:
            self._state = Waiting(problem.reason, problem.message)
        self._preparation.event("Warning", "Failed", f'Failed to pull image "{image}": {problem.message}')
        self._back_off()

    def _failed_to_start(self, problem: ClusterError) -> None:
        self._preparation.event("Warning", "Failed", f"Error: {problem.what}")
        now = timestamp(self._clock())
        ended = Terminated(START_ERROR_EXIT_CODE, "StartError", now, now, problem.what)
        self._state, self._due = ended, NEVER
        if self._runs_again(START_ERROR_EXIT_CODE):
            self._restart_later(ended)
            self._state = Waiting("RunContainerError", problem.what)

    def _back_off(self) -> float:
        self._backoff = min(LONGEST_BACKOFF_SECONDS, self._backoff * 2 or FIRST_BACKOFF_SECONDS)
        self._due = self._clock() + self._backoff
        return self._backoff
