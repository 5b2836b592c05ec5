"""The database and the cache, as RDS and ElastiCache see them."""

from __future__ import annotations

from collections.abc import Iterator

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor.checks import Check
from langsmith_hybrid.operations.doctor.findings import Finding
from langsmith_hybrid.operations.hosting_stack import StackState, resources_of
from langsmith_hybrid.operations.status.service_state import gone, judged

_DATABASE = "aws:rds/instance:Instance"
_CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
_WELL = "available"
# Those of RDS (user guide, "Viewing Amazon RDS DB instance status") and of ElastiCache that pass by themselves.
_IN_BETWEEN = frozenset(
    {
        "backing-up",
        "configuring-enhanced-monitoring",
        "creating",
        "maintenance",
        "modifying",
        "rebooting",
        "snapshotting",
        "starting",
        "storage-optimization",
        "upgrading",
    }
)


def checks(state: StackState, aws: Aws) -> list[Check]:
    """A check for each store."""
    databases = (each.outputs.get("identifier") or each.id for each in resources_of(state.managed, _DATABASE))
    caches = (each.id for each in resources_of(state.managed, _CACHE))
    return [
        *(Check("database", lambda name=name: _database(aws, name)) for name in databases),
        *(Check("cache", lambda name=name: _cache(aws, name)) for name in caches),
    ]


def _database(aws: Aws, name: str) -> Iterator[Finding]:
    with gone("database", f"The database {name}", "DBInstanceNotFound", "DBInstanceNotFoundFault") as missing:
        (found,) = aws.ask("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
        what = f"{name}, PostgreSQL {found['EngineVersion']} on {found['DBInstanceClass']},"
        yield judged("database", what, found["DBInstanceStatus"], well=_WELL, in_between=_IN_BETWEEN)
    yield from missing


def _cache(aws: Aws, name: str) -> Iterator[Finding]:
    with gone("cache", f"The cache {name}", "ReplicationGroupNotFoundFault") as missing:
        (found,) = aws.ask("elasticache", "describe_replication_groups", ReplicationGroupId=name)["ReplicationGroups"]
        what = f"{name}, {len(found.get('MemberClusters', ()))} × {found.get('CacheNodeType', 'node')},"
        yield judged("cache", what, found["Status"], well=_WELL, in_between=_IN_BETWEEN)
    yield from missing
