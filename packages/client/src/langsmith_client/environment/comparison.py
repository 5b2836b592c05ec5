"""Both sides of an environment beside each other, without values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.environment.references import as_texts
from langsmith_client.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from langsmith_client.environment.fingerprint import Fingerprints
    from langsmith_client.environment.merge import Merged
    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.target.protocol import Deployment

_ABSENT = "-"
_HIDDEN = "not told"


def rows(plan: EnvironmentPlan, existing: Deployment, fingerprints: Fingerprints) -> list[Row]:
    """A row for each variable and each reference: what it is here and there, and what a deploy would do."""
    wish = plan.wish
    return [
        *_rows("value", plan.variables, wish.variables or {}, existing.environment, fingerprints.of),
        *_rows("secret", plan.references, as_texts(wish.references or ()), as_texts(existing.references), str),
    ]


def _rows(
    kind: str,
    merged: Merged,
    local: Mapping[str, str],
    remote: Mapping[str, str | None],
    shown: Callable[[str], str],
) -> list[Row]:
    found: list[Row] = []
    for name, verdict in merged.verdicts.items():
        here, there = _cell(local, name, shown), _cell(remote, name, shown)
        fields = {"name": name, "kind": kind, "here": here, "there": there, "deploy": verdict.value}
        found.append(Row({column: text or _ABSENT for column, text in fields.items()}, fields))
    return found


def _cell(side: Mapping[str, str | None], name: str, shown: Callable[[str], str]) -> str | None:
    value = side.get(name, "")
    if value is None:
        return _HIDDEN
    return shown(value) if value else None
