"""The agents' paths in the Ingress all of them share."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

from langsmith_sandbox.data_plane.lgp import Exposure

Json = dict[str, Any]

SHARED_ANNOTATION = "lgp-operator.io/shared-ingress"


@dataclasses.dataclass(frozen=True)
class Route:
    """One agent's path, which ends at the Service of the agent's name."""

    name: str
    port: int


def with_routes(rules: list[Json], routes: Collection[Route], exposure: Exposure) -> list[Json]:
    """The rules with exactly these agents' paths; paths that are not agents' stay as they are.

    Agents go into the rule of the exposed host (an Ingress names hosts without ports), or into the one that has none.
    """
    host = exposure.hostname.partition(":")[0]
    ours = exposure.prefix("")
    kept = [_without(rule, ours) for rule in rules]
    wanted = [_path(route, exposure) for route in sorted(routes, key=lambda route: route.name)]
    if not wanted:
        return [rule for rule in kept if rule.get("http", {}).get("paths")]
    home = next((index for index, rule in enumerate(kept) if rule.get("host", "") == host), None)
    if home is None:
        kept.append({"host": host} if host else {})
        home = len(kept) - 1
    paths = kept[home].get("http", {}).get("paths", [])
    kept[home] = {**kept[home], "http": {"paths": [*paths, *wanted]}}
    return [rule for rule in kept if rule.get("http", {}).get("paths")]


def _without(rule: Json, prefix: str) -> Json:
    paths = [each for each in rule.get("http", {}).get("paths", []) if not each.get("path", "").startswith(prefix)]
    return {**rule, "http": {"paths": paths}}


def _path(route: Route, exposure: Exposure) -> Json:
    return {
        "path": exposure.prefix(route.name),
        "pathType": "Prefix",
        "backend": {"service": {"name": route.name, "port": {"number": route.port}}},
    }
