"""One part as a process: in its own session, tied to the supervisor's life, logging to its own file."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.supervisor.errors import PartFailedError
from langsmith_sandbox.supervisor.tether import dies_with_parent
from langsmith_sandbox.world import PartState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_sandbox.part import Part

_READY_INTERVAL = 0.05  # seconds between two questions to a part that is not ready


@dataclasses.dataclass
class PartProcess:
    """A started part. Methods may be called from several threads."""

    part: Part
    log: Path
    popen: subprocess.Popen[bytes]
    status: str = "starting"

    @classmethod
    def spawn(cls, part: Part, environ: Mapping[str, str], log: Path) -> PartProcess:
        """Start ``part``; call it from a thread that lives as long as the supervisor.

        Raises:
            PartFailedError: The program cannot be executed.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            try:
                popen = subprocess.Popen(
                    part.argv,
                    env={**environ, **part.env},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=dies_with_parent(),  # noqa: PLW1509 - it only makes two system calls
                )
            except OSError as problem:
                raise PartFailedError(part.name, f"cannot be started ({problem.strerror})", log) from problem
        return cls(part, log, popen)

    def wait_ready(self) -> None:
        """Return once the part answers.

        Raises:
            PartFailedError: It ended, or its ``start_timeout`` passed.
        """
        deadline = time.monotonic() + self.part.start_timeout
        while self.popen.poll() is None:
            late = time.monotonic() > deadline  # looked at first: a machine that slept gets one more answer
            if self.part.ready():
                self.status = "ready"
                return
            if late:
                self.status = "failed"
                raise PartFailedError(self.part.name, f"was not ready after {self.part.start_timeout:.0f} s", self.log)
            time.sleep(_READY_INTERVAL)
        self.status = "failed"
        raise PartFailedError(self.part.name, self.ending(), self.log)

    def ending(self) -> str:
        """How the process ended, for people; empty while it runs."""
        code = self.popen.poll()
        if code is None:
            return ""
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def state(self) -> PartState:
        """What the supervisor tells about it."""
        ending = self.ending()
        if ending and self.status == "ready":
            self.status = "exited"
        return PartState(self.part.name, self.status, self.popen.pid, ending)

    def stop(self, grace: float) -> None:
        """End it: asked first, then, ``grace`` seconds later, killed with every process of its group."""
        if self.popen.poll() is None:
            self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(grace)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
