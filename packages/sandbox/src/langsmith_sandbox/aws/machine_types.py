"""What RDS and ElastiCache run on: classes named after the EC2 types behind them, in the zones that have these."""

from __future__ import annotations

from collections.abc import Mapping

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

# Families on offer for PostgreSQL, and for Valkey and Redis. An EC2 type of another family is no class of theirs.
DATABASE_FAMILIES = frozenset(
    {"t3", "t4g", "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m7g", "m7i", "m8g"}
    | {"r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r7g", "r7i", "r8g", "x2g", "x2iedn"}
)
CACHE_FAMILIES = frozenset({"t3", "t4g", "m5", "m6g", "m7g", "r5", "r6g", "r6gd", "r7g", "c7gn"})
# The smallest of EC2's types have no room for a server.
_TOO_SMALL = "nano"


def zones_with(name: str, prefix: str, families: frozenset[str], region: str) -> list[str]:
    """The zones of a region that have the class ``name``, as in ``db.t4g.medium``; none for what is no class."""
    offered: Mapping[str, list[Mapping[str, str]]] = INSTANCE_TYPE_OFFERINGS["availability-zone"]
    instance_type = name.removeprefix(f"{prefix}.")
    family, _, size = instance_type.partition(".")
    if not name.startswith(f"{prefix}.") or family not in families or size == _TOO_SMALL or size.startswith("metal"):
        return []
    return sorted(each["Location"] for each in offered.get(region, []) if each["InstanceType"] == instance_type)
