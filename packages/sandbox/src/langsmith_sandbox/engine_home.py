"""What the engine finds in its home, ``PULUMI_HOME``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def prepare(folder: Path) -> None:
    """Have the state's folder, and none for the log that the engine keeps of all it says to its plugins.

    Nobody reads that log in a sandbox, and writing it is a fifth of what the engine computes. No setting turns it off;
    a file where its folder would be does.
    """
    (folder / "state").mkdir(parents=True, exist_ok=True)
    logs = folder / "logs"
    if not logs.exists():
        logs.touch()
