"""The axes along which stacks differ, and the cells they span.

The mocked engine declares every cell; the real one stands up cells that show every pair of values.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Sequence
from typing import Any, Literal

from langsmith_hybrid.exposure import AgentsRouting
from langsmith_hybrid.profiles import ProfileName

AXES: dict[str, tuple[Any, ...]] = {
    "profile": ("dev", "production"),
    "zones": (2, 3),
    "network": ("own", "existing"),
    "stores": ("on", "off"),
    "routing": ("gateway", "ingress"),
}

# Two values of two axes.
Pair = frozenset[tuple[str, Any]]


@dataclasses.dataclass(frozen=True)
class Cell:
    """One combination of what a stack can be."""

    profile: ProfileName
    zones: int
    network: Literal["own", "existing"]
    stores: Literal["on", "off"]
    routing: AgentsRouting

    def __str__(self) -> str:
        return f"{self.profile} {self.zones} zones, {self.network} VPC, stores {self.stores}, {self.routing}"

    def keys(self, vpc_id: str, private_subnet_ids: Sequence[str]) -> dict[str, str]:
        """The keys of a stack file that make a stack this cell; an existing VPC has subnets in three zones."""
        place = {"availabilityZones": str(self.zones)}
        if self.network == "existing":
            place = {"vpcId": vpc_id, "privateSubnetIds": json.dumps(private_subnet_ids[: self.zones])}
        stores = "true" if self.stores == "on" else "false"
        return {
            "profile": self.profile,
            "agentsRouting": self.routing,
            **place,
            **{f"{store}Enabled": stores for store in ("postgres", "redis", "artifacts")},
        }

    def pairs(self) -> set[Pair]:
        """The pairs of values this cell shows together."""
        return {frozenset(pair) for pair in itertools.combinations(dataclasses.asdict(self).items(), 2)}


CELLS = tuple(Cell(*values) for values in itertools.product(*AXES.values()))
PAIRS = set[Pair]().union(*(cell.pairs() for cell in CELLS))
