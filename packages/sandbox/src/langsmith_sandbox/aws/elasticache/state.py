"""What ElastiCache remembers of one region."""

from __future__ import annotations

import dataclasses
from typing import Any

from moto.elasticache.models import ElastiCacheBackend

from langsmith_sandbox.aws.errors import AwsError

# Families a parameter group can have, by engine and major version. AWS has a default group for each.
FAMILIES = ("valkey8", "valkey7", "redis7", "redis6.x")
# Engine versions on offer, as asked for and as DescribeCacheClusters reads them back.
VERSIONS = {
    "valkey": {"8.1": "8.1.0", "8.0": "8.0.1", "7.2": "7.2.6"},
    "redis": {"7.1": "7.1.0", "7.0": "7.0.7", "6.2": "6.2.6"},
}


@dataclasses.dataclass
class ParameterGroup:
    """A parameter group; ``values`` holds only what was set by the customer."""

    name: str
    arn: str
    family: str
    description: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self.name.startswith("default.")


@dataclasses.dataclass
class SubnetGroup:
    """A subnet group and the VPC all of its subnets are in."""

    name: str
    arn: str
    description: str
    vpc_id: str
    subnets: list[str]


@dataclasses.dataclass
class ReplicationGroup:
    """A replication group. ``settings`` holds what was asked for, by the API's member names; ``tokens`` let in."""

    id: str
    arn: str
    settings: dict[str, Any]
    status: str
    suffix: str
    nodes: int
    tokens: tuple[str, ...] = dataclasses.field(default=(), repr=False)

    @property
    def members(self) -> list[str]:
        """Ids of the cache clusters that are its nodes, the primary first."""
        return [f"{self.id}-{number:03d}" for number in range(1, self.nodes + 1)]


@dataclasses.dataclass
class Snapshot:
    """A manual snapshot; ``described`` by the API's member names."""

    name: str
    arn: str
    described: dict[str, Any]


@dataclasses.dataclass
class CacheState:
    """Everything in one account and region; ``tags`` by ARN."""

    parameter_groups: dict[str, ParameterGroup] = dataclasses.field(default_factory=dict)
    subnet_groups: dict[str, SubnetGroup] = dataclasses.field(default_factory=dict)
    replication_groups: dict[str, ReplicationGroup] = dataclasses.field(default_factory=dict)
    snapshots: dict[str, Snapshot] = dataclasses.field(default_factory=dict)
    tags: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)


def state_of(backend: ElastiCacheBackend) -> CacheState:
    """The region's state, kept on moto's backend so that a reset takes it along."""
    kept = backend.__dict__.get("sandbox_state")
    if kept is None:
        kept = backend.__dict__["sandbox_state"] = CacheState()
        for family in FAMILIES:
            for name in (f"default.{family}", f"default.{family}.cluster.on"):
                arn = f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:parametergroup:{name}"
                description = f"Default parameter group for {family}"
                kept.parameter_groups[name] = ParameterGroup(name, arn, family, description)
    return kept


def replication_group_named(state: CacheState, name: str) -> ReplicationGroup:
    """The replication group, or ReplicationGroupNotFoundFault."""
    found = state.replication_groups.get((name or "").lower())
    if found is None:
        raise AwsError("ReplicationGroupNotFoundFault", f"ReplicationGroup {name} not found.")
    return found


def subnet_group_named(state: CacheState, name: str) -> SubnetGroup:
    """The subnet group, or CacheSubnetGroupNotFoundFault."""
    found = state.subnet_groups.get((name or "").lower())
    if found is None:
        raise AwsError("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.")
    return found


def parameter_group_named(state: CacheState, name: str) -> ParameterGroup:
    """The parameter group, or CacheParameterGroupNotFound."""
    found = state.parameter_groups.get((name or "").lower())
    if found is None:
        raise AwsError("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
    return found
