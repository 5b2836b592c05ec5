"""Writing where others write, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from langsmith_firewall.errors import ChangedMeanwhileError

# With the waits between them half a minute: Azure, for one, refuses writes while it still carries out the last one.
_TRIES = 8
_WAIT_SECONDS = 1.0

Result = TypeVar("Result")


def retried(read_and_write: Callable[[], Result], sleep: Callable[[float], None]) -> Result:
    """What a read and the write based on it return, done again while somebody else writes in between.

    Raises:
        ChangedMeanwhileError: Others wrote each time.
    """
    tried = 0
    while True:
        tried += 1
        try:
            return read_and_write()
        except ChangedMeanwhileError:
            if tried == _TRIES:
                raise
            sleep(_WAIT_SECONDS * tried)
