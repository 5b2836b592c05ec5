"""Loopback ports for the world's parts, from a range that no program is given by accident."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# A part binds its port a moment after it was chosen. A port of the kernel's own choice (from 32768 up on Linux, from
# 49152 elsewhere) may by then belong to any outgoing connection or any server that asked for port 0.
_RANGE = range(20_000, 30_000)
_TRIES = 500


def keep_or_choose_ports(names: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """One port on 127.0.0.1 per name: the known one unless somebody else listens on it, else a free one.

    Raises:
        OSError: Nearly every port of the range is taken.
    """
    untouched = iter([port for port in random.sample(_RANGE, len(_RANGE)) if port not in known.values()])
    with contextlib.ExitStack() as held:  # they stay bound until all are chosen, so that they differ
        return {name: _bound_port(held, known.get(name), untouched) for name in names}


def _bound_port(held: contextlib.ExitStack, wanted: int | None, untouched: Iterator[int]) -> int:
    for port in itertools.chain([wanted] if wanted else [], itertools.islice(untouched, _TRIES)):
        listener = held.enter_context(contextlib.closing(socket.socket()))
        # Connections of the last run that linger in TIME_WAIT do not make a port taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no free loopback port between {_RANGE.start} and {_RANGE.stop - 1}")
