"""Snapshots that were made by hand or on deletion are ours by their tags, or by the store they are of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from operations.fakes import FakePulumi
from operations.orphans.account import OF_OTHERS, OF_US, EmptyAws, arn, aws_tags

from langsmith_hybrid.operations.orphans import snapshots
from langsmith_hybrid.operations.orphans.held import Held

NOTHING = Held.by([])


@pytest.fixture
def aws() -> EmptyAws:
    return EmptyAws()


def of_database(store: str, tags: Mapping[str, str] = {}) -> dict[str, Any]:
    name = f"{store}-final"
    described = {"DBInstanceIdentifier": store, "DBSnapshotIdentifier": name, "TagList": aws_tags(tags)}
    return {**described, "DBSnapshotArn": arn("rds", f"snapshot:{name}")}


def of_cache(store: str, **more: str) -> dict[str, Any]:
    name = f"{store}-final"
    return {"SnapshotName": name, "ARN": arn("elasticache", f"snapshot:{name}"), "ReplicationGroupId": store, **more}


def databases(aws: EmptyAws, held: Held = NOTHING) -> list[str]:
    return [each.id for each in snapshots.of_databases(aws, held)]


def caches(aws: EmptyAws, held: Held = NOTHING) -> list[str]:
    return [each.id for each in snapshots.of_caches(aws, held)]


def test_a_snapshot_without_tags_of_a_store_that_is_gone_is_found_by_the_stores_name(aws: EmptyAws) -> None:
    aws.lists("rds", "describe_db_snapshots", of_database("postgres-1a2b3c4"), of_database("orders"))
    aws.lists("elasticache", "describe_snapshots", of_cache("redis-1a2b3c4"), of_cache("sessions"))
    assert databases(aws) == ["postgres-1a2b3c4-final"]
    assert caches(aws) == ["redis-1a2b3c4-final"], "nothing says that ElastiCache copies tags to a final snapshot"


def test_a_snapshot_of_somebodys_living_store_is_theirs(aws: EmptyAws) -> None:
    aws.lists("rds", "describe_db_snapshots", of_database("postgres-1a2b3c4"))
    aws.lists("rds", "describe_db_instances", {"DBInstanceIdentifier": "postgres-1a2b3c4"})
    aws.lists("elasticache", "describe_snapshots", of_cache("redis-1a2b3c4"))
    aws.lists("elasticache", "describe_replication_groups", {"ReplicationGroupId": "redis-1a2b3c4"})
    assert databases(aws) == []
    assert caches(aws) == []


def test_a_snapshot_of_a_store_the_state_holds_will_stay_behind(aws: EmptyAws, tmp_path: Path) -> None:
    pulumi = FakePulumi()
    pulumi.hold("aws:rds/instance:Instance", "postgres", "db-ABC", identifier="postgres-1a2b3c4")
    aws.lists("rds", "describe_db_snapshots", of_database("postgres-1a2b3c4"))
    aws.lists("rds", "describe_db_instances", {"DBInstanceIdentifier": "postgres-1a2b3c4"})
    assert databases(aws, Held.by(pulumi.stack(tmp_path).managed())) == ["postgres-1a2b3c4-final"]


def test_a_snapshot_with_a_stacks_tag_says_whose_it_is(aws: EmptyAws) -> None:
    aws.lists("rds", "describe_db_snapshots", of_database("renamed", OF_US), of_database("postgres-1a2b3c4", OF_OTHERS))
    found = list(snapshots.of_databases(aws, NOTHING))
    assert [each.tags for each in found] == [OF_US, OF_OTHERS], "the search tells them apart"


def test_a_snapshot_of_one_node_is_the_groups(aws: EmptyAws) -> None:
    node = {key: value for key, value in of_cache("x").items() if key != "ReplicationGroupId"}
    aws.lists("elasticache", "describe_snapshots", {**node, "CacheClusterId": "redis-1a2b3c4-001"})
    assert caches(aws) == ["x-final"]


def test_only_what_was_not_made_by_the_service_itself_is_asked_for(aws: EmptyAws) -> None:
    databases(aws)
    caches(aws)
    assert [arguments for _, _, arguments in aws.asked] == [{"SnapshotType": "manual"}, {"SnapshotSource": "user"}]
