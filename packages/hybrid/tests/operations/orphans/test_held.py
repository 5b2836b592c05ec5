"""What a state holds is known by its ARN, whatever the state calls that, or else by its id."""

from __future__ import annotations

from pathlib import Path

import pytest
from operations.fakes import FakePulumi
from operations.orphans.account import CLUSTER, arn

from langsmith_hybrid.listener.resource import LangSmithListener
from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.held import _LISTENER, Held


@pytest.fixture
def pulumi() -> FakePulumi:
    return FakePulumi()


def held(pulumi: FakePulumi) -> Held:
    return Held.by(pulumi.stack(Path()).managed())


def test_a_resource_is_held_by_its_arn(pulumi: FakePulumi) -> None:
    pulumi.hold("aws:eks/nodeGroup:NodeGroup", "nodes", "c:nodes-1", arn=arn("eks", "nodegroup/c/nodes-1/9"))
    assert held(pulumi).has(Found.by_arn(arn("eks", "nodegroup/c/nodes-1/9"), {}))
    assert not held(pulumi).has(Found.by_arn(arn("eks", "nodegroup/c/nodes-1/8"), {})), "one of an earlier run"


def test_an_access_entry_and_an_association_are_held_by_arns_of_other_names(pulumi: FakePulumi) -> None:
    entry, association = arn("eks", "access-entry/c/user/1"), arn("eks", "podidentityassociation/c/a-1")
    pulumi.hold("aws:eks/accessEntry:AccessEntry", "a", "c:user", accessEntryArn=entry)
    pulumi.hold("aws:eks/podIdentityAssociation:PodIdentityAssociation", "b", "a-1", associationArn=association)
    assert all(held(pulumi).has(Found.by_arn(each, {})) for each in (entry, association))


def test_a_nat_gateway_has_no_arn_in_a_state_and_is_held_by_its_id(pulumi: FakePulumi) -> None:
    pulumi.hold("aws:ec2/natGateway:NatGateway", "nat", "nat-1")
    assert held(pulumi).has(Found.by_arn(arn("ec2", "natgateway/nat-1"), {}))


def test_an_object_in_the_cluster_holds_nothing_of_that_name_in_aws(pulumi: FakePulumi) -> None:
    pulumi.hold("kubernetes:core/v1:Namespace", "agents", "agents")
    assert not held(pulumi).has(Found("ecr:repository", "agents", arn("ecr", "repository/agents")))


def test_arns_a_resource_merely_mentions_are_not_its_own(pulumi: FakePulumi) -> None:
    role = f"arn:aws:iam::1:role/{CLUSTER}"
    pulumi.hold("aws:eks/cluster:Cluster", "cluster", CLUSTER, arn=arn("eks", "cluster/c"), roleArn=role)
    assert not held(pulumi).has(Found.by_arn(role, {})), "the role may have been recorded by nobody"


def test_what_others_are_made_for_is_known_by_name(pulumi: FakePulumi) -> None:
    pulumi.hold("aws:eks/cluster:Cluster", "cluster", CLUSTER)
    pulumi.hold("aws:rds/instance:Instance", "postgres", "db-ABC", identifier="postgres-1a2b3c4")
    pulumi.hold("aws:elasticache/replicationGroup:ReplicationGroup", "redis", "redis-1a2b3c4")
    pulumi.hold(_LISTENER, "listener", "some-id", listener_id="6a1f0f6e")
    known = held(pulumi)
    assert (known.clusters, known.databases) == ({CLUSTER}, {"postgres-1a2b3c4"})
    assert (known.caches, known.listeners) == ({"redis-1a2b3c4"}, {"6a1f0f6e"})


def test_the_listeners_type_is_the_resources() -> None:
    assert f"pulumi-python:{LangSmithListener._resource_type_name}" == _LISTENER
