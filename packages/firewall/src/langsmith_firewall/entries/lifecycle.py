"""How a stack's entries get onto a list, change, and leave it: new ones in, verified, only then old ones out.

Plain code over an `AllowList`; it knows neither Pulumi nor any vendor. Entries of others stay. Ours are those this code
added, as the state records, and those whose comment says so, which covers a run whose outcome was lost.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection

from langsmith_firewall.allow_list import AllowList, Snapshot
from langsmith_firewall.concurrency import retried
from langsmith_firewall.errors import FirewallError, RefusedError, TargetGoneError, UnverifiedError
from langsmith_firewall.limits import Limits
from langsmith_firewall.sources import AllowedSources

_READ_TRIES = 8
_WAIT_SECONDS = 1.0


class EntriesLifecycle:
    """The operations behind the resource.

    Args:
        allow_list: The service's list.
        limits: What the service accepts.
        sleep: Waits the given seconds.
    """

    def __init__(self, allow_list: AllowList, limits: Limits, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._list = allow_list
        self._limits = limits
        self._sleep = sleep

    def bring(self, wanted: AllowedSources, owned: Collection[str] = (), *, close_open: bool = False) -> list[str]:
        """Put what is wanted on the list, then take off what was ours and is wanted no more.

        Where the second half fails the first is undone, so that the list is again what the state records: an entry
        nobody remembers would let the address in for ever.

        Args:
            wanted: What shall be on the list.
            owned: Addresses earlier calls added.
            close_open: Whether an account open to everybody may be closed to all but the list.

        Returns:
            The addresses on the list that are ours, sorted.

        Raises:
            RefusedError: The change would lock others out, or does not fit. Nothing was changed.
            UnverifiedError: The service does not show the change.
        """
        added: set[str] = set()
        try:
            self._add(wanted, added, close_open)
            present = self._await(
                lambda seen: set(wanted.cidrs) <= seen.cidrs and seen.restricts, "show the new entries"
            )
            self._remove(set(owned) - set(wanted.cidrs))
        except FirewallError:
            with contextlib.suppress(FirewallError):  # the first failure is the one to report
                self._remove(added)
            raise
        marked = {entry.cidr for entry in present.entries if wanted.marks(entry.comment)}
        return sorted(set(wanted.cidrs) & (set(owned) | added | marked))

    def read(self) -> Snapshot | None:
        """The list as it is, or None where what holds it is gone."""
        try:
            return self._list.read()
        except TargetGoneError:
            return None

    def remove(self, owned: Collection[str]) -> None:
        """Take our entries off the list; what is gone already is fine.

        Raises:
            RefusedError: Without them the service would be open to everybody. Nothing was changed.
        """
        with contextlib.suppress(TargetGoneError):
            self._remove(set(owned))

    def _add(self, wanted: AllowedSources, added: set[str], close_open: bool) -> None:
        """Fills ``added`` with what this call sends, before it does: a failure may come after half of it."""

        def write(seen: Snapshot) -> bool:
            missing = [cidr for cidr in wanted.cidrs if cidr not in seen.cidrs]
            self._refuse_to_shut_out(seen, close_open)
            self._refuse_misfits(seen, wanted, missing)
            if not missing and seen.restricts:
                return False
            added.update(missing)
            self._list.add(missing, wanted.comment(self._limits.longest_comment), seen)
            return True

        self._written(write)

    def _remove(self, cidrs: set[str]) -> None:
        if not cidrs:
            return

        def write(seen: Snapshot) -> bool:
            present = sorted(cidrs & seen.cidrs)
            if not present:
                return False
            self._refuse_to_open(seen, present)
            self._list.remove(present, seen)
            return True

        if self._written(write):
            self._await(lambda seen: not cidrs & seen.cidrs, "drop the old entries")

    def _written(self, write: Callable[[Snapshot], bool]) -> bool:
        """Whether anything was written: one write on a fresh read, repeated while others write at the same time."""
        return retried(lambda: write(self._list.read()), self._sleep)

    def _await(self, holds: Callable[[Snapshot], bool], what: str) -> Snapshot:
        """The first snapshot for which it holds: some services show a change only seconds later."""
        for tried in range(1, _READ_TRIES + 1):
            if holds(seen := self._list.read()):
                return seen
            if tried < _READ_TRIES:
                self._sleep(_WAIT_SECONDS * tried)
        raise UnverifiedError(
            f"{self._limits.service} accepted the change but does not {what}. Look at the list, then run this again."
        )

    def _refuse_to_shut_out(self, seen: Snapshot, close_open: bool) -> None:
        if not seen.restricts and not close_open:
            raise RefusedError(
                f"The {self._limits.service} is open to everybody: adding addresses would do nothing or shut out "
                "all other callers. Restrict it yourself first, or set close_open to close it to all but the list."
            )

    def _refuse_misfits(self, seen: Snapshot, wanted: AllowedSources, missing: list[str]) -> None:
        room = min(self._limits.most, self._limits.most if seen.room is None else seen.room)
        total = len(seen.entries) + len(missing)
        if missing and total > room:
            raise RefusedError(
                f"The {self._limits.service} has {len(seen.entries)} of {room} entries, and {len(missing)} more do not "
                "fit: new ones go in before old ones leave. Enlarge the list or remove entries nobody needs."
            )
        if seen.family and any((":" in cidr) != (seen.family == 6) for cidr in wanted.cidrs):
            raise RefusedError(
                f"The {self._limits.service} takes IPv{seen.family} addresses only. Use another list for the others."
            )

    def _refuse_to_open(self, seen: Snapshot, leaving: list[str]) -> None:
        if self._limits.empty_opens and not seen.without(leaving):
            raise RefusedError(
                f"Our entries are the last of the {self._limits.service}, and without any it could be open to all. "
                "Add another address or delete it at the vendor's, then run this again."
            )
