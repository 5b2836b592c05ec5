"""What an account holds beyond what every new account has."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, order=True)
class Leftover:
    """One resource, by type and by the id or name people know it by."""

    type: str
    id: str


def find() -> list[Leftover]:
    """Every resource that somebody created, sorted."""
    return []
