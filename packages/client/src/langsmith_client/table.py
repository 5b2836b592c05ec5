"""Rows for people, as aligned columns, and for machines, as fields."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GAP = "  "
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))  # seconds


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        cells: Column to text, the same columns in every row of a table.
        fields: The same for machines, complete and exact.
    """

    cells: Mapping[str, str]
    fields: Mapping[str, Any]


def aligned(rows: Sequence[Row], *, headings: bool = True) -> list[str]:
    """A line of `headings` and one for each row; nothing for no rows. The last column keeps its length."""
    if not rows:
        return []
    columns = list(rows[0].cells)
    lines = [[row.cells[column] for column in columns] for row in rows]
    if headings:
        lines.insert(0, [column.upper() for column in columns])
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return [_GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def age(instant: str | None, now: dt.datetime) -> str:
    """How long ago an ISO 8601 `instant` was, in its largest unit, such as `3d`; a dash when it is unknown."""
    try:
        then = dt.datetime.fromisoformat(instant or "")
    except ValueError:
        return "-"
    if then.tzinfo is None:
        then = then.replace(tzinfo=dt.UTC)
    seconds = max(0, int((now - then).total_seconds()))
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1, "s"))
    return f"{seconds // size}{unit}"
