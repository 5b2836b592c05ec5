"""The summary page of a GitHub Actions job: Markdown appended to the file that GITHUB_STEP_SUMMARY names.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from langsmith_client.table import Row

# What Markdown or HTML would take for its own in a table's cell. Messages of commits are written by anyone.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|#~@!]")


def section(title: str, *parts: str) -> str:
    """A heading and what belongs below it."""
    return "\n\n".join((f"## {escaped(title)}", *filter(None, parts))) + "\n"


def table(rows: Sequence[Row]) -> str:
    """Rows as a table; empty for none."""
    if not rows:
        return ""
    columns = list(rows[0].cells)
    lines = [columns, ["---"] * len(columns), *([escaped(row.cells[column]) for column in columns] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str) -> str:
    """Text that shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def append(path: Path, text: str) -> None:
    """Add to the summary; other steps of the job write to it as well."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text + "\n")
