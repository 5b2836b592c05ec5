"""Starting and stopping the process of one container."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster import shim
from langsmith_sandbox.cluster.errors import ContainerStartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Command:
    """What runs: program and arguments, the whole environment, the working directory.

    Attributes:
        memory: Bytes it may hold before it is killed, or None.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    memory: int | None = None


class ContainerProcess:
    """A running container: a shim in a session of its own, and below it the program."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def start(cls, command: Command, log: Path, *, on_exit: Callable[[], None]) -> ContainerProcess:
        """Start the command with its output in ``log``; ``on_exit`` is called from another thread when it ended.

        Raises:
            ContainerStartError: The operating system would not start it.
        """
        argv = [sys.executable, "-I", "-S", shim.__file__, str(log), str(command.memory or 0), *command.argv]
        try:
            process = subprocess.Popen(
                argv,
                env=dict(command.env),
                cwd=command.cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as problem:
            raise ContainerStartError(f"failed to start {command.argv[0]}: {problem}") from problem

        started = cls(process)

        def wait() -> None:
            process.wait()
            started.kill()  # nothing is left to end, but the pipe is to be closed
            on_exit()

        threading.Thread(target=wait, name=f"wait {process.pid}", daemon=True).start()
        return started

    @property
    def exit_code(self) -> int | None:
        """The program's exit code, 128 + signal if one ended it; None while it runs."""
        code = self._process.poll()
        if self.out_of_memory:
            return 128 + signal.SIGKILL
        return 128 - code if code is not None and code < 0 else code

    @property
    def out_of_memory(self) -> bool:
        """Whether it was killed for holding more memory than it may."""
        return self._process.poll() == -shim.OUT_OF_MEMORY

    def terminate(self) -> None:
        """Ask the program to end (SIGTERM)."""
        if self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """End the program and all it started, at once."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def wait(self, timeout: float) -> bool:
        """Whether the process ended within ``timeout`` seconds."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True
