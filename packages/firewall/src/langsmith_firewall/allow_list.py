"""What an allow list of any service can do, and how it looks at one moment."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Protocol


@dataclasses.dataclass(frozen=True)
class Entry:
    """One address or range on a list.

    Attributes:
        cidr: In normal form, or the vendor's text where that is no address (a security group, say).
        comment: What the service keeps beside it; None where it keeps nothing.
        key: What the service deletes it by, where that is not the address.
    """

    cidr: str
    comment: str | None = None
    key: str = ""


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A list as it was read.

    Attributes:
        entries: Everybody's entries.
        restricts: Whether the service limits callers to the list at all; an open account does not.
        version: What a write must carry to be refused when somebody else wrote meanwhile; empty where there is none.
        room: Entries the list holds at most, where the service says; None leaves it to the known limit.
        family: 4 or 6 where the list takes only one of them.
        raw: What a write must send back unchanged.
    """

    entries: tuple[Entry, ...]
    restricts: bool = True
    version: str = ""
    room: int | None = None
    family: int | None = None
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def cidrs(self) -> frozenset[str]:
        """The addresses on the list."""
        return frozenset(entry.cidr for entry in self.entries)

    def with_added(self, cidrs: Sequence[str]) -> list[str]:
        """All addresses once these are on the list, those of others first and in their order."""
        return [*(entry.cidr for entry in self.entries), *(each for each in cidrs if each not in self.cidrs)]

    def without(self, cidrs: Sequence[str]) -> list[str]:
        """All addresses once these are gone."""
        return [entry.cidr for entry in self.entries if entry.cidr not in cidrs]


class AllowList(Protocol):
    """A service's list. Writes are based on a snapshot and touch nothing else that was on it."""

    def read(self) -> Snapshot:
        """The list as it is now.

        Raises:
            TargetGoneError: What holds the list does not exist.
        """
        ...

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        """Put entries on the list, and make the service limit callers to it, in one step.

        Raises:
            ChangedMeanwhileError: The list is not as seen any more.
        """
        ...

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        """Take entries off the list; never opens the service.

        Raises:
            ChangedMeanwhileError: The list is not as seen any more.
        """
        ...


def normal(text: str) -> str:
    """An address as services write it, in normal form; text that is none stays as it is."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        return text


def bare(cidr: str) -> str:
    """A single address without its prefix length, as some services want it."""
    network = ipaddress.ip_network(cidr)
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else cidr
