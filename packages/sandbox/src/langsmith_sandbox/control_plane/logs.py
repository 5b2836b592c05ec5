"""Deploy logs: the steps of a revision's walk. Agents' own output stays in their cluster, as in life."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from langsmith_sandbox.control_plane.records import Revision
from langsmith_sandbox.control_plane.views import instant


@dataclasses.dataclass(frozen=True)
class LogQuery:
    """Which lines are asked for; ``offset`` is what the last answer gave as ``next_offset``."""

    limit: int
    order: Literal["asc", "desc"]
    offset: str | None = None
    query: str | None = None
    level: str | None = None
    start_time: dt.datetime | None = None
    end_time: dt.datetime | None = None


def deploy_log(revisions: Sequence[Revision], asked: LogQuery) -> dict[str, Any]:
    """One page of lines over the revisions: ``{"logs": [...], "next_offset": str | null}``."""
    lines = [
        (event.at, {"id": f"{revision.id}/{index}", "level": event.level, "message": event.message})
        for revision in revisions
        for index, event in enumerate(revision.events)
    ]
    lines.sort(key=lambda each: each[0])
    if asked.order == "desc":
        lines.reverse()
    passing = [
        {**line, "timestamp": instant(at)}
        for at, line in lines
        if (asked.level is None or line["level"] == asked.level)
        and (asked.query is None or asked.query in line["message"])
        and (asked.start_time is None or at >= asked.start_time)
        and (asked.end_time is None or at <= asked.end_time)
    ]
    start = int(asked.offset) if asked.offset and asked.offset.isdecimal() else 0
    end = start + asked.limit
    return {"logs": passing[start:end], "next_offset": str(end) if end < len(passing) else None}


def build_log() -> dict[str, Any]:
    """What an external image's build left: nothing, as it was built elsewhere."""
    return {"logs": [], "next_offset": None}
