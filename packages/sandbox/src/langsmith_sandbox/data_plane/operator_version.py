"""What the operator of a version does and needs: charts pin one, and theirs is not always the one that is wanted."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

VERSION_VARIABLE = "IMAGE_VERSION"
"""Set in every stand-in image to its own tag."""

_REFERENCES = (0, 1, 55)
"""The first that hands ``secret_references`` to agents. https://github.com/langchain-ai/helm/pull/820"""

_WATCHES = (0, 1, 60)
"""The first known to watch more than the charts before it grant. https://github.com/langchain-ai/helm/pull/1027"""


def watched_besides(version: str) -> tuple[str, ...]:
    """Kinds this operator does not start without."""
    return ("NetworkPolicy", "PodDisruptionBudget") if _numbers(version) >= _WATCHES else ()


def environment(version: str, entries: list[Json], own_secret: str) -> list[Json]:
    """An agent's variables as this operator sets them: an old one knows of no Secret but the deployment's own."""
    if _numbers(version) >= _REFERENCES:
        return entries
    return [each for each in entries if _secret(each) in {None, own_secret}]


def _secret(entry: Json) -> str | None:
    reference = (entry.get("valueFrom") or {}).get("secretKeyRef") or {}
    return reference.get("name")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
