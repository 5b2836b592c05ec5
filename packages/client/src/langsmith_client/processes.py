"""Running other programs (git, uv, docker), behind a type that tests can replace."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Finished:
    """How a program ended."""

    exit_code: int
    stdout: bytes
    stderr: str


class Runner(Protocol):
    """Runs one program to its end."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> Finished:
        """Run `argv` with `env` on top of this process's environment; `timeout` is in seconds.

        Raises:
            FileNotFoundError: The program is not installed.
            TimeoutError: It was still running after `timeout` and was stopped.
        """
        ...


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> Finished:
    """The `Runner` that starts real processes."""
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            input=stdin,
            env={**os.environ, **(env or {})},
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"{argv[0]} was still running after {timeout:.0f} s") from None
    return Finished(done.returncode, done.stdout, done.stderr.decode(errors="replace"))
