"""What the cluster holds, as one round of a program sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langsmith_sandbox.data_plane.kubernetes_objects import Objects

Json = dict[str, Any]


class OneLook:
    """Lists each kind of a namespace once, however many agents ask: rounds are short, and agents may be many.

    What is written meanwhile is seen by the next round. Both methods raise ClusterRefusedError.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._listed: dict[tuple[str, str], dict[str, Json]] = {}

    def find(self, kind: str, namespace: str, name: str) -> Json | None:
        """The object, or None."""
        return self._all(kind, namespace).get(name)

    def select(self, kind: str, namespace: str, labels: Mapping[str, str] | None = None) -> list[Json]:
        """The namespace's objects of a kind that carry the labels."""
        wanted = (labels or {}).items()
        listed = self._all(kind, namespace).values()
        return [each for each in listed if wanted <= (each["metadata"].get("labels") or {}).items()]

    def _all(self, kind: str, namespace: str) -> dict[str, Json]:
        if (kind, namespace) not in self._listed:
            found = self._objects.select(kind, namespace)
            self._listed[kind, namespace] = {each["metadata"]["name"]: each for each in found}
        return self._listed[kind, namespace]
