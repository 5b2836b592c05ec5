"""What AWS wants of a store: said by the emulator, carried out by the supervisor."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

POSTGRES, VALKEY = "postgres", "valkey"


@dataclasses.dataclass(frozen=True)
class WantedStore:
    """A server and who may use it.

    Attributes:
        engine: ``postgres`` or ``valkey``.
        user: Master user of a PostgreSQL.
        secrets: Its password; for a Valkey the tokens it takes, none to take everybody.
        force_tls: Whether PostgreSQL refuses connections without TLS. Valkey always does.
        databases: How many numbered databases a Valkey has.
    """

    engine: str
    user: str = ""
    secrets: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    force_tls: bool = True
    databases: int = 16

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> WantedStore:
        """Read back what :meth:`to_json` made."""
        return cls(**{**read, "secrets": tuple(read["secrets"])})

    def to_json(self) -> dict[str, Any]:
        """For the way between two processes of this machine."""
        return dataclasses.asdict(self)
