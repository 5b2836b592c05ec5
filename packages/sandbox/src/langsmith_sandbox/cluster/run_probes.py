"""The probes of one run of a container, and what they make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.probes import Check, Prober, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langsmith_sandbox.cluster.api import Json

STARTUP, READINESS, LIVENESS = KINDS = ("startupProbe", "readinessProbe", "livenessProbe")


class RunProbes:
    """Probes one run from its start to its end.

    Args:
        spec: The container's specification.
        checks: Check by kind of probe; kinds the container has not are missing.
        changed: Called when ``started`` or ``ready`` changed.
        failed: Called with (kind, message) when a probe failed often enough to count.
    """

    def __init__(
        self,
        spec: Json,
        checks: Mapping[str, Check],
        *,
        changed: Callable[[], None],
        failed: Callable[[str, str], None],
    ) -> None:
        self._spec = spec
        self._checks = checks
        self._changed = changed
        self._failed = failed
        self._probers: dict[str, Prober] = {}
        self.started = STARTUP not in checks
        self.ready = self.started and READINESS not in checks

    def start(self) -> None:
        """Begin: with the startup probe alone if there is one."""
        for kind in (STARTUP,) if not self.started else (READINESS, LIVENESS):
            self._begin(kind)

    def stop(self) -> None:
        """The run ends: probe no more."""
        for prober in self._probers.values():
            prober.stop()

    def _begin(self, kind: str) -> None:
        if kind in self._checks and kind not in self._probers:
            prober = Prober(Schedule.of(self._spec[kind]), self._checks[kind], self._result_of(kind))
            self._probers[kind] = prober
            prober.start()

    def _result_of(self, kind: str) -> Callable[[bool, str], None]:
        def on_result(passed: bool, message: str) -> None:
            if not passed:
                self._failed(kind, message)
            if kind == READINESS:
                self.ready = passed
            elif kind == STARTUP and passed:
                self._probers[STARTUP].stop()
                self.started = True
                self.ready = READINESS not in self._checks
                self.start()
            self._changed()

        return on_result
