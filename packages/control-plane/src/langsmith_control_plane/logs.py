"""Deploy logs as the control plane keeps them; what agents print stays in their cluster."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


@dataclasses.dataclass(frozen=True)
class LogQuery:
    """Which lines are asked for.

    Attributes:
        limit: Lines at most, 1 to 1000.
        newest_first: Order of the answer, and so which end it starts from.
        level: DEBUG, INFO, WARNING, ERROR or CRITICAL; None for all.
        offset: `next_offset` of the page before; None for the first.
    """

    limit: int = 50
    newest_first: bool = False
    level: str | None = None
    offset: str | None = None

    @property
    def order(self) -> str:
        """As the API spells it."""
        return "desc" if self.newest_first else "asc"


@dataclasses.dataclass(frozen=True)
class LogEntry:
    """One line; `timestamp` is ISO 8601, empty where the server tells none."""

    timestamp: str
    level: str
    message: str

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> LogEntry:
        """Read one line; the time may be a string or epoch milliseconds."""
        at = answer.get("timestamp")
        if isinstance(at, (int, float)):
            at = datetime.fromtimestamp(at / 1000, UTC).isoformat().replace("+00:00", "Z")
        return cls(str(at or ""), str(answer.get("level") or "INFO"), str(answer.get("message") or ""))


@dataclasses.dataclass(frozen=True)
class LogPage:
    """Lines in the order asked for, and the offset of the next page, None at the end."""

    entries: tuple[LogEntry, ...]
    next_offset: str | None = None

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> LogPage:
        """Read one page."""
        entries = tuple(LogEntry.from_json(each) for each in answer.get("logs") or () if isinstance(each, Mapping))
        offset = answer.get("next_offset")
        return cls(entries, None if offset is None else str(offset))
