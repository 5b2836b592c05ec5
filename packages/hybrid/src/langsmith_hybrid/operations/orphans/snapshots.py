"""Manual snapshots of the stores, as final ones are: not each of them carries its store's tags."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.orphans.found import RANDOM, Found, plain
from langsmith_hybrid.operations.orphans.held import Held

# What the stores are called in the program, which Pulumi makes their names from.
_DATABASE, _CACHE = "postgres", "redis"


def of_databases(aws: Aws, held: Held) -> Iterator[Found]:
    """Snapshots of RDS databases of ours. Raises as `Aws.each`."""
    listed = (
        (
            each["DBInstanceIdentifier"],
            Found("rds:snapshot", each["DBSnapshotIdentifier"], each["DBSnapshotArn"], plain(each.get("TagList"))),
        )
        for each in aws.each("rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")
    )
    living = functools.partial(_names, aws, "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier")
    return _ours(listed, _DATABASE, held.databases, living)


def of_caches(aws: Aws, held: Held) -> Iterator[Found]:
    """Snapshots of ElastiCache groups of ours. Raises as `Aws.each`."""
    listed = (
        (_group_of(each), Found("elasticache:snapshot", each["SnapshotName"], each["ARN"]))
        for each in aws.each("elasticache", "describe_snapshots", "Snapshots", SnapshotSource="user")
    )
    living = functools.partial(
        _names, aws, "elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"
    )
    return _ours(listed, _CACHE, held.caches, living)


def _ours(
    listed: Iterable[tuple[str, Found]], name: str, held: frozenset[str], living: Callable[[], frozenset[str]]
) -> Iterator[Found]:
    """Those of stores that a state holds, and of stores that are gone and were named as ours are.

    One that carries no stack's tag and whose store lives on, in no state of ours, is somebody else's.
    """
    for store, found in listed:
        named = re.fullmatch(f"{name}{RANDOM}", store)
        if STACK_TAG in found.tags or store in held or (named and store not in living()):
            yield found


def _group_of(snapshot: dict[str, Any]) -> str:
    """The replication group's id, which begins the ids of the clusters it consists of."""
    return snapshot.get("ReplicationGroupId") or snapshot.get("CacheClusterId", "").rpartition("-")[0]


def _names(aws: Aws, service: str, operation: str, member: str, name: str) -> frozenset[str]:
    return frozenset(each[name] for each in aws.each(service, operation, member))
