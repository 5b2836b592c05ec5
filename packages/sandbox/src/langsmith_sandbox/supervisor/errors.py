"""What can go wrong with the world's processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

_LAST_LINES = 8


class PartFailedError(SandboxError):
    """A part ended, or was not ready in time."""

    def __init__(self, part: str, how: str, log: Path) -> None:
        super().__init__(f"{part} {how}.{_said(log)}", f"Its whole log is {log}.")
        self.part = part


class WorldFailedError(SandboxError):
    """The world did not come up."""

    def __init__(self, why: str, log: Path) -> None:
        super().__init__(
            f"The sandbox did not start: {why}", f"Nothing of it is running now; the supervisor's log is {log}."
        )


class WorldStuckError(SandboxError):
    """The supervisor did not do in time what it was asked."""

    def __init__(self, what: str, seconds: float, log: Path) -> None:
        super().__init__(
            f"The sandbox did not {what} within {seconds:.0f} s.",
            f"See {log}, then try `langsmith-sandbox stop` and `langsmith-sandbox start`.",
        )


class WorldDownError(SandboxError):
    """A command needs a running world and there is none."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"The sandbox in {home} is not running.", "Start it with `langsmith-sandbox start`.")


def _said(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    return " It said: " + " | ".join(lines[-_LAST_LINES:]) if lines else " It said nothing."
