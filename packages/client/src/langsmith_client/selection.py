"""Which revision someone means by a few characters of its id, by a commit, or by a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.errors import ProjectError
from langsmith_client.target.protocol import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_client.history import Entry

SEARCHED = 100
"""Revisions looked through, newest first."""
_SHORTEST_ID = 4  # characters; fewer would match by accident
_SHORTEST_COMMIT = 7  # what git itself abbreviates to at least


def select(entries: Sequence[Entry], name: str, wanted: str) -> Entry:
    """The revision of the deployment `name` that `wanted` stands for.

    Of several revisions built from one commit, the newest that was deployed is meant.

    Raises:
        ProjectError: No revision fits, or several do that are not of one commit.
    """
    by_id = [each for each in entries if each.revision.id == wanted] or [
        each for each in entries if len(wanted) >= _SHORTEST_ID and each.revision.id.startswith(wanted)
    ]
    built = [each for each in entries if _built_from(each, wanted)]
    fitting = by_id + built[:1] if by_id else _of_one_commit(built)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = ", ".join(f"{each.revision.id} ({each.identity.shown})" for each in fitting)
        raise ProjectError([f"{wanted!r} can mean several revisions of {name}: {listed}."], "Give more characters.")
    raise ProjectError([_missing(entries, name, wanted)], f"Choose one of: langsmith-client history {name}")


def _built_from(entry: Entry, wanted: str) -> bool:
    commit = entry.identity.commit or ""
    return entry.identity.tag == wanted or (len(wanted) >= _SHORTEST_COMMIT and commit.startswith(wanted.lower()))


def _of_one_commit(built: Sequence[Entry]) -> list[Entry]:
    """One entry for each commit, at best one that was deployed."""
    chosen: dict[str | None, Entry] = {}
    for each in sorted(built, key=lambda entry: entry.revision.phase is not Phase.DEPLOYED):  # stable: newest first
        chosen.setdefault(each.identity.commit, each)
    return list(chosen.values())


def _missing(entries: Sequence[Entry], name: str, wanted: str) -> str:
    silent = sum(1 for each in entries if not each.identity.commit)
    doubt = f"; {silent} of them do not say what they were built from" if silent else ""
    return f"None of the newest {len(entries)} revisions of {name} fits {wanted!r}{doubt}."
