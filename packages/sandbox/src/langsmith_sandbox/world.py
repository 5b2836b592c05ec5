"""What a running world looks like from outside: ``world.json``, written by the supervisor alone, read by everyone."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
from typing import TYPE_CHECKING

from langsmith_sandbox.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langsmith_sandbox.paths import WorldPaths

STARTING, RUNNING, STOPPING, STOPPED, FAILED = "starting", "running", "stopping", "stopped", "failed"


@dataclasses.dataclass(frozen=True)
class PartState:
    """One process as the supervisor sees it.

    Attributes:
        name: The part's name.
        status: ``starting``, ``ready``, ``failed`` (never got ready) or ``exited`` (was ready, then ended by itself).
        pid: Process id, of a process that may have ended.
        detail: How it ended, for people; empty while it runs.
    """

    name: str
    status: str
    pid: int | None = None
    detail: str = ""

    @property
    def healthy(self) -> bool:
        return self.status in ("starting", "ready")


@dataclasses.dataclass(frozen=True)
class World:
    """One sandbox; holds no secret.

    Attributes:
        identity: Made at the first start; every process of this world carries it in its environment.
        phase: ``starting``, ``running``, ``stopping``, ``stopped`` or ``failed``.
        message: Why it failed.
        pid: The supervisor's process id.
        ports: Loopback port by part; chosen free once, then kept.
        parts: Every process, in start order.
    """

    identity: str
    phase: str = STOPPED
    message: str = ""
    pid: int | None = None
    ports: Mapping[str, int] = dataclasses.field(default_factory=dict)
    parts: tuple[PartState, ...] = ()

    @classmethod
    def load(cls, paths: WorldPaths) -> World | None:
        """The world last written down in these paths; None when there never was one, or the file is no use."""
        try:
            stored = json.loads(paths.world_file.read_text())
            stored["parts"] = tuple(PartState(**part) for part in stored["parts"])
            return cls(**stored)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def save(self, paths: WorldPaths) -> None:
        """Write it down for everyone."""
        write_whole(paths.world_file, json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    def url(self, part: str) -> str:
        """Where a part of this world answers over HTTP."""
        return f"http://127.0.0.1:{self.ports[part]}"

    @property
    def sick(self) -> tuple[PartState, ...]:
        """Parts that should run and do not."""
        return tuple(part for part in self.parts if not part.healthy)


@contextlib.contextmanager
def held_by_supervisor(paths: WorldPaths) -> Iterator[bool]:
    """Take the lock a supervisor holds for its whole life; yields False when another one has it.

    A lock and not a process id decides who is alive: the kernel gives it back however the holder ends, and a process
    id may belong to somebody else tomorrow.
    """
    paths.home.mkdir(parents=True, exist_ok=True)
    with (paths.home / "supervisor.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def supervised(paths: WorldPaths) -> bool:
    """True while a supervisor of this world is alive."""
    if not paths.home.is_dir():
        return False
    with held_by_supervisor(paths) as free:
        return not free
