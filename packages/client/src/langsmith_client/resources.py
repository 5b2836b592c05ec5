"""The resource specification of a deployment, from flags or from a table of langsmith.toml."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langsmith_client.toml_table import Table

FIELDS: Mapping[str, type[int | float | str]] = {
    **dict.fromkeys(("min_scale", "max_scale", "queue_min_scale", "queue_max_scale"), int),
    **dict.fromkeys(("cpu", "cpu_limit", "queue_cpu", "queue_cpu_limit", "redis_cpu", "redis_cpu_limit"), float),
    **dict.fromkeys(("db_cpu", "db_cpu_limit"), float),
    **dict.fromkeys(("memory_mb", "memory_limit_mb", "queue_memory_mb", "queue_memory_limit_mb"), int),
    **dict.fromkeys(("redis_memory_mb", "redis_memory_limit_mb", "db_memory_mb", "db_memory_limit_mb"), int),
    **dict.fromkeys(("db_storage_gi", "db_max_connections"), int),
    "service_account_name": str,
}
"""Scalar fields of the published ResourceSpec, and the type each value has."""
_MOST_CORES: Mapping[str, float] = {
    **dict.fromkeys(("cpu", "queue_cpu", "redis_cpu"), 8.0),
    **dict.fromkeys(("cpu_limit", "queue_cpu_limit", "redis_cpu_limit"), 16.0),
}
_FEWEST_CORES = 0.1


def resource_fields(pairs: Sequence[str], pull_secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Read `FIELD=VALUE` pairs and names of pull secrets.

    Raises:
        ProjectError: With every problem found.
    """
    fields: dict[str, Any] = {}
    problems: list[str] = []
    for pair in pairs:
        name, _, text = pair.partition("=")
        kind = FIELDS.get(name)
        if kind is None:
            close = difflib.get_close_matches(name, FIELDS, n=1)
            problems.append(f"--resource {name!r} is not a field{f', did you mean {close[0]!r}?' if close else '.'}")
            continue
        try:
            fields[name] = kind(text)
        except ValueError:
            problems.append(f"--resource {name} must be a number, not {text!r}.")
            continue
        if problem := _problem(name, fields[name]):
            problems.append(f"--resource {name} {problem}")
    if problems:
        raise ProjectError(problems, f"Fields are {', '.join(sorted(FIELDS))}.")
    return fields | _pull_secrets(pull_secrets)


def resource_table(table: Table) -> dict[str, Any]:
    """Read a table of fields, with the names of pull secrets under `image_pull_secrets`; reports its problems."""
    found = {name: table.value(name, kind) for name, kind in FIELDS.items()}
    for name, value in found.items():
        if value is not None and (problem := _problem(name, value)):
            table.problem(name, problem)
    pull_secrets = table.texts("image_pull_secrets") or ()
    table.finish()
    return {name: value for name, value in found.items() if value is not None} | _pull_secrets(pull_secrets)


def _problem(name: str, value: float | str) -> str | None:
    """What the control plane would have against a value, as the end of a sentence; None for a good one.

    It keeps one decimal of a number of cores: a finer one would look changed at every deploy.
    """
    if isinstance(value, str):
        return None if value.strip() else "is empty."
    if not math.isfinite(value) or value < 0:
        return "must be a positive number."
    most = _MOST_CORES.get(name)
    if most is None:
        return None
    if not _FEWEST_CORES <= value <= most:
        return f"must be between {_FEWEST_CORES} and {most:g}."
    return None if round(value, 1) == value else "may have one decimal only."


def _pull_secrets(names: Sequence[str]) -> dict[str, Any]:
    return {"image_pull_secrets": [{"name": name} for name in names]} if names else {}
