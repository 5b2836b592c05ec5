"""The three-way merge: what we deployed last, what is there now, and what the local files say.

    local  there  last                   becomes
    -----  -----  ---------------------  ----------------------------------------------
    -      x      not ours               kept: others added it
    -      x      ours, x                removed: the local files dropped it
    -      x      ours, other than x     conflict: dropped here, changed there
    a      -      any                    added: there is nothing to lose
    a      a      any                    same
    a      x      nothing known          changed: no evidence that anybody else set it
    a      x      not ours               conflict: added here and there
    a      x      ours, x                changed: only we did
    a      x      ours, a                theirs: only they did
    a      x      ours, neither          conflict: changed here and there

A value the target keeps to itself counts as the one we deployed last.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Verdict(enum.Enum):
    """What becomes of one name; the values are words for people."""

    SAME = "unchanged"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"
    THEIRS = "changed there only"
    CONFLICT = "conflict"

    @property
    def changes(self) -> bool:
        """True when the target has to be told."""
        return self in {Verdict.ADDED, Verdict.CHANGED, Verdict.REMOVED}


class Side(enum.Enum):
    """Who is right in a conflict."""

    LOCAL = "local"
    REMOTE = "remote"


class LastDeployed(Protocol):
    """What we deployed last, as far as it can be told without keeping values."""

    def __contains__(self, name: object, /) -> bool:
        """Whether we deployed the name."""
        ...

    def holds(self, name: str, value: str) -> bool:
        """Whether this is the value we deployed."""
        ...


@dataclasses.dataclass(frozen=True)
class Merged:
    """The outcome of a merge.

    Attributes:
        verdicts: By name, sorted.
        values: Everything the target shall have; None for a value it keeps to itself. Kept out of the repr.
    """

    verdicts: Mapping[str, Verdict]
    values: Mapping[str, str | None] = dataclasses.field(repr=False)

    @property
    def changes(self) -> bool:
        """True when there is something to send."""
        return any(verdict.changes for verdict in self.verdicts.values())

    def named(self, verdict: Verdict) -> list[str]:
        """The names of one verdict."""
        return [name for name, found in self.verdicts.items() if found is verdict]


def merge(
    local: Mapping[str, str],
    remote: Mapping[str, str | None],
    last: LastDeployed | None,
    *,
    settle: Side | None = None,
    replaced: Collection[str] = (),
) -> Merged:
    """Merge by name; an empty local value leaves what is there.

    Args:
        last: None when we never deployed, or nothing tells.
        settle: Who is right in conflicts; None leaves them to the caller.
        replaced: Names that become something else, whatever they are now.
    """
    verdicts: dict[str, Verdict] = {}
    values: dict[str, str | None] = {}
    for name in sorted(remote.keys() | {name for name, value in local.items() if value}):
        verdict = Verdict.REMOVED if name in replaced else _verdict(name, local.get(name), remote, last)
        if verdict is Verdict.CONFLICT and settle:
            verdict = _settled(local.get(name), settle)
        verdicts[name] = verdict
        if verdict in {Verdict.SAME, Verdict.ADDED, Verdict.CHANGED}:
            values[name] = local[name]
        elif verdict is not Verdict.REMOVED:
            values[name] = remote[name]
    return Merged(verdicts, values)


def _verdict(name: str, wanted: str | None, remote: Mapping[str, str | None], last: LastDeployed | None) -> Verdict:
    if name not in remote:
        return Verdict.ADDED
    there = remote[name]
    ours = last if last is not None and name in last else None
    if wanted == "" or (wanted is None and ours is None):
        return Verdict.KEPT
    if wanted is not None and wanted == there:
        return Verdict.SAME
    if ours is None:
        return Verdict.CHANGED if last is None or there is None else Verdict.CONFLICT
    ours_is_there = there is None or ours.holds(name, there)
    if wanted is None:
        return Verdict.REMOVED if ours_is_there else Verdict.CONFLICT
    if ours.holds(name, wanted):
        return Verdict.SAME if there is None else Verdict.THEIRS
    return Verdict.CHANGED if ours_is_there else Verdict.CONFLICT


def _settled(wanted: str | None, side: Side) -> Verdict:
    if side is Side.REMOTE:
        return Verdict.THEIRS
    return Verdict.CHANGED if wanted else Verdict.REMOVED
