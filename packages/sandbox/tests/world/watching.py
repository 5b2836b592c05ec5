"""Looking at other processes from a test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable


def eventually(true: Callable[[], bool], why: str) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


def runs(pid: int | None) -> bool:
    """True when a process of this id is alive."""
    try:
        return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
