"""A list that records what is done to it, and can be changed by others at the worst moment."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest

from langsmith_firewall.allow_list import Entry, Snapshot
from langsmith_firewall.errors import ChangedMeanwhileError, ServiceError, TargetGoneError


@dataclasses.dataclass
class FakeList:
    """An allow list in memory.

    Attributes:
        entries: Comment by address.
        restricts: Whether it limits callers at all.
        keeps_comments: Whether entries carry their comment.
        history: The addresses after every write, oldest first.
        before_write: Called ahead of each write: others' doings. Raises what the write shall fail with.
        stale_reads: Reads after a write that still show the state before it.
    """

    entries: dict[str, str | None] = dataclasses.field(default_factory=dict)
    restricts: bool = True
    keeps_comments: bool = False
    gone: bool = False
    room: int | None = None
    family: int | None = None
    version: int = 1
    stale_reads: int = 0
    history: list[frozenset[str]] = dataclasses.field(default_factory=list)
    before_write: list[Callable[[FakeList], None]] = dataclasses.field(default_factory=list)
    _shown: list[Snapshot] = dataclasses.field(default_factory=list)

    def read(self) -> Snapshot:
        if self.gone:
            raise TargetGoneError("There is no list.")
        if self._shown:
            return self._shown.pop()
        return self._now()

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        def change() -> None:
            self.entries.update(dict.fromkeys(cidrs, comment if self.keeps_comments else None))
            self.restricts = True

        self._write(change, seen)

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        def change() -> None:
            for cidr in cidrs:
                del self.entries[cidr]

        self._write(change, seen)

    def _now(self) -> Snapshot:
        entries = tuple(Entry(cidr, comment) for cidr, comment in self.entries.items())
        return Snapshot(entries, self.restricts, str(self.version), self.room, self.family)

    def _write(self, change: Callable[[], None], seen: Snapshot) -> None:
        if self.before_write:
            self.before_write.pop(0)(self)
        if seen.version != str(self.version):
            raise ChangedMeanwhileError("The list is of another version.", 409)
        self._shown = [self._now()] * self.stale_reads
        change()
        self.version += 1
        self.history.append(frozenset(self.entries))


def fails(_: FakeList) -> None:
    """A write the service refuses."""
    raise ServiceError("The service is down.", 503)


def goes_on(_: FakeList) -> None:
    """A write nothing happens before."""


@pytest.fixture
def fake() -> FakeList:
    """A list with one entry of somebody else."""
    return FakeList({"54.1.2.0/24": None})


@pytest.fixture
def failing() -> Callable[[FakeList], None]:
    """What makes a write fail."""
    return fails


@pytest.fixture
def passing() -> Callable[[FakeList], None]:
    """What lets a write through."""
    return goes_on
