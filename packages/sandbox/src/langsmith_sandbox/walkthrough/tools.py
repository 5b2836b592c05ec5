"""Running the product's tools as a user would: their output to a log, its lines to whoever watches."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import threading
from typing import TYPE_CHECKING

from langsmith_sandbox.walkthrough.errors import ToolStuckError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_GRACE = 60.0  # seconds a tool gets after an interrupt: the engine finishes what is in flight and saves its state


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a tool ended.

    Attributes:
        code: Its exit code.
        lines: All it said on standard output.
        log: Both its outputs.
    """

    code: int
    lines: tuple[str, ...]
    log: Path


@dataclasses.dataclass(frozen=True)
class Tools:
    """Where tools run and what they see.

    Attributes:
        environ: Environment of every tool: the sandbox's.
        logs: Folder for their output.
        timeout: Seconds until a tool counts as stuck.
    """

    environ: Mapping[str, str] = dataclasses.field(repr=False)
    logs: Path
    timeout: float = 1800.0

    def run(
        self,
        step: str,
        argv: tuple[str, ...],
        cwd: Path,
        *,
        given: str = "",
        heard: Callable[[str], None] = lambda _line: None,
    ) -> Outcome:
        """Run ``argv`` in ``cwd`` to its end.

        Args:
            step: Names the log.
            argv: Never holds a secret.
            cwd: Working folder.
            given: Standard input; the way for secrets.
            heard: Called with every line of standard output as it comes.

        Raises:
            ToolStuckError: It did not end in time.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{step}.log"
        lines: list[str] = []
        with log.open("w", buffering=1) as output, self._started(argv, cwd, log) as tool:
            overdue = threading.Event()

            def give_up() -> None:
                overdue.set()
                tool.terminate()

            timer = threading.Timer(self.timeout, give_up)
            timer.start()
            try:
                if tool.stdin is not None:
                    with contextlib.suppress(BrokenPipeError):
                        tool.stdin.write(given)
                        tool.stdin.close()
                for line in tool.stdout or ():
                    output.write(line)
                    lines.append(line.rstrip("\n"))
                    heard(lines[-1])
                code = tool.wait()
            except KeyboardInterrupt:
                # It was interrupted as well, by the terminal; what it saves now makes the next run go on from here.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    tool.wait(_GRACE)
                raise
            finally:
                timer.cancel()
                if tool.poll() is None:
                    tool.kill()
            if overdue.is_set():
                raise ToolStuckError(step, self.timeout, log)
        return Outcome(code, tuple(lines), log)

    def _started(self, argv: tuple[str, ...], cwd: Path, log: Path) -> subprocess.Popen[str]:
        with log.with_suffix(".stderr.log").open("w") as errors:
            return subprocess.Popen(
                argv,
                cwd=cwd,
                env=self.environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                errors="replace",
            )
