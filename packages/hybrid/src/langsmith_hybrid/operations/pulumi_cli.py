"""The official ``pulumi`` command, which state, configuration and every change go through."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from langsmith_hybrid.operations.errors import StackError

_TIMEOUT = 120.0  # seconds; a state in a bucket takes a while


@dataclasses.dataclass(frozen=True)
class Finished:
    """How pulumi ended; its words may quote secrets and are shown to nobody unread."""

    exit_code: int
    stdout: str = dataclasses.field(repr=False)
    stderr: str = dataclasses.field(repr=False)


class Pulumi(Protocol):
    """Runs pulumi in a project's folder."""

    def answer(self, arguments: Sequence[str], folder: Path) -> Finished:
        """Run it to its end for what it prints.

        Raises:
            StackError: It is not installed, or does not end.
        """
        ...

    def perform(self, arguments: Sequence[str], folder: Path) -> int:
        """Run it before the eyes of whoever called us, its words on standard error; returns its exit code.

        Raises:
            StackError: It is not installed.
        """
        ...


class PulumiOnPath:
    """The `Pulumi` of the shell."""

    def answer(self, arguments: Sequence[str], folder: Path) -> Finished:
        """See `Pulumi`."""
        try:
            done = subprocess.run(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],
                cwd=folder,
                env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_TIMEOUT,
                check=False,
            )
        except FileNotFoundError:
            raise _not_installed() from None
        except subprocess.TimeoutExpired:
            what = f"pulumi did not answer within {_TIMEOUT:.0f} s."
            raise StackError(what, "Look whether it can reach the stack's state.") from None
        return Finished(done.returncode, done.stdout, done.stderr)

    def perform(self, arguments: Sequence[str], folder: Path) -> int:
        """See `Pulumi`."""
        try:
            running = subprocess.Popen(["pulumi", *arguments], cwd=folder, stdout=sys.stderr)
        except FileNotFoundError:
            raise _not_installed() from None
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:
                # The terminal has interrupted it too: it finishes what is in flight, and its state must be saved.
                continue


def _not_installed() -> StackError:
    return StackError("pulumi is not on PATH.", "Install the Pulumi CLI, 3.259 or newer.")
