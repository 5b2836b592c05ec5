"""One thread at a time for work on the same thing: the first does it, the others find it done."""

from __future__ import annotations

import threading

_LOCKS: dict[str, threading.Lock] = {}


def turn(key: str) -> threading.Lock:
    """The lock for a key, the same for all threads of this process."""
    return _LOCKS.setdefault(key, threading.Lock())
