"""Finding and ending processes a world left behind, whoever their parent is now."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from langsmith_sandbox.supervisor.part_environment import WORLD_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import psutil

_POD_VARIABLE = "LANGSMITH_SANDBOX_POD_IP"  # every container of a node has it
_GRACE = 5.0  # seconds


def processes_of(identity: str, home: Path) -> list[psutil.Process]:
    """Every live process of the world, except this one.

    Parts and what they start carry the world's identity in their environment. Containers have an environment of their
    own; they are known by their Pod's address beside paths under the world's ``home``.
    """
    import psutil

    found = []
    for process in psutil.process_iter():
        # It may be gone meanwhile, or be another user's.
        with contextlib.suppress(psutil.Error, OSError):
            alive = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
            if alive and _belongs(process.environ(), identity, home):
                found.append(process)
    return found


def sweep(identity: str, home: Path) -> int:
    """End all of them; returns how many there were."""
    import psutil

    found = processes_of(identity, home)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=_GRACE)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=_GRACE)
    return len(found)


def _belongs(environ: Mapping[str, str], identity: str, home: Path) -> bool:
    if environ.get(WORLD_VARIABLE) == identity:
        return True
    inside = f"{home}{os.sep}"
    return _POD_VARIABLE in environ and any(inside in value for value in environ.values())
