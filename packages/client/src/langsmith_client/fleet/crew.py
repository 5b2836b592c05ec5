"""Doing the same for many agents at a time, and stopping when one of them fails or someone presses Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from langsmith_client.errors import ClientError, StoppedError

T = TypeVar("T")
# Seconds. A Ctrl-C that comes just before the main thread begins to wait is only noticed when it wakes up.
_GLANCE = 0.5


class Brake:
    """Ends a rollout early: after a failure nothing is started any more, after Ctrl-C nobody waits any longer."""

    def __init__(self) -> None:
        self._halted = threading.Event()
        self._interrupted = threading.Event()

    @property
    def halted(self) -> bool:
        """Whether nothing may be started any more."""
        return self._halted.is_set()

    @property
    def interrupted(self) -> bool:
        """Whether someone pressed Ctrl-C."""
        return self._interrupted.is_set()

    def halt(self) -> None:
        """Start nothing more; what is under way goes on to its end."""
        self._halted.set()

    def interrupt(self) -> None:
        """Start nothing more, and let everybody who sleeps wake up and leave."""
        self._halted.set()
        self._interrupted.set()

    def sleep(self, seconds: float) -> None:
        """Wait, in any thread.

        Raises:
            KeyboardInterrupt: Someone pressed Ctrl-C, which Python tells the main thread only.
        """
        if self._interrupted.wait(seconds):
            raise KeyboardInterrupt


def together(names: Sequence[str], work: Callable[[str], T], *, workers: int, brake: Brake) -> dict[str, T]:
    """Do `work` for each name, `workers` at a time, in their order; a name that is left out was never started.

    Once the brake is used, whoever is at work finishes, and nobody else begins.
    """
    done: dict[str, T] = {}

    def begin(name: str) -> None:
        if not brake.halted:
            done[name] = work(name)

    pool = ThreadPoolExecutor(workers)
    futures: list[Future[None]] = []
    try:
        futures.extend(pool.submit(begin, name) for name in names)
        while wait(futures, _GLANCE).not_done:
            continue
    except KeyboardInterrupt:
        brake.interrupt()
    finally:
        pool.shutdown()
    for future in futures:
        future.result()  # what is raised here is a defect, and has to be seen
    return done


def attempt(name: str, work: Callable[[], T]) -> T | ClientError:
    """What `work` for one agent gives, or the error that ended it."""
    try:
        return work()
    except ClientError as error:
        return error
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used ({error.strerror or type(error).__name__})."
        return ClientError(what, "Check that it exists, its permissions, and the space on the disk.")
    except KeyboardInterrupt:  # from `Brake.sleep`, where nobody knew better what to say
        return StoppedError(f"Interrupted before {name} had a revision.", "Run the same command again.")
