"""What AWS and clusters make is a left-over once what it was made for is in no state."""

from __future__ import annotations

from pathlib import Path

import pytest
from operations.fakes import FakePulumi
from operations.orphans.account import CLUSTER, GONE

from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.held import Held
from langsmith_hybrid.operations.orphans.living import made_by_a_cluster, of_the_living

NOTHING = Held.by([])
BY_EKS = {"eks:cluster-name": CLUSTER}
BY_CONTROLLER = {"elbv2.k8s.aws/cluster": CLUSTER}
BY_DRIVER = {f"kubernetes.io/cluster/{CLUSTER}": "owned"}


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """A state with a cluster, a database and a cache."""
    pulumi = FakePulumi()
    pulumi.hold("aws:eks/cluster:Cluster", "cluster", CLUSTER)
    pulumi.hold("aws:rds/instance:Instance", "postgres", "db-ABC", identifier="postgres-1a2b3c4")
    pulumi.hold("aws:elasticache/replicationGroup:ReplicationGroup", "redis", "redis-1a2b3c4")
    return Held.by(pulumi.stack(tmp_path).managed())


@pytest.mark.parametrize(
    "made",
    [
        Found("ec2:instance", "i-1", "", BY_EKS),
        Found("ec2:volume", "vol-1", "", BY_DRIVER),
        Found("ec2:volume", "vol-2", ""),
        Found("ec2:network-interface", "eni-1", ""),
        Found("ec2:security-group", "sg-1", "", BY_CONTROLLER),
        Found("elasticloadbalancing:loadbalancer", "app/a/1", "", BY_CONTROLLER),
        Found("autoscaling:autoScalingGroup", "1:autoScalingGroupName/eks-1", "", BY_EKS),
        Found("elasticache:cluster", "redis-1a2b3c4-001", ""),
        Found("rds:snapshot", "rds:postgres-1a2b3c4-2026-11-23-01-00", ""),
        Found("elasticache:snapshot", "automatic.redis-1a2b3c4-2026-11-23-01-00", ""),
        Found("rds:auto-backup", "ab-1", ""),
        Found("secretsmanager:secret", "rds!db-1", ""),
    ],
    ids=lambda made: made.type,
)
def test_what_is_made_for_something_is_expected_as_long_as_a_state_holds_that(made: Found, held: Held) -> None:
    assert of_the_living(made, held)
    assert not of_the_living(made, NOTHING)


@pytest.mark.parametrize(
    "tags", [{"eks:cluster-name": GONE}, {"elbv2.k8s.aws/cluster": GONE}, {f"kubernetes.io/cluster/{GONE}": ""}]
)
def test_what_names_another_cluster_is_not_expected_by_the_one_that_stands(tags: dict[str, str], held: Held) -> None:
    assert not of_the_living(Found("ec2:volume", "vol-1", "", tags), held), "a lost state's volume in a new stack"


@pytest.mark.parametrize(
    "found",
    [
        Found("ec2:security-group", "sg-1", ""),
        Found("ec2:subnet", "subnet-1", ""),
        Found("rds:snapshot", "postgres-1a2b3c4-final", ""),
        Found("rds:snapshot", "rds:postgres-0000000-2026-11-23-01-00", ""),
        Found("elasticache:cluster", "redis-0000000-001", ""),
        Found("secretsmanager:secret", "token", ""),
    ],
    ids=lambda found: f"{found.type} {found.id}",
)
def test_what_nothing_that_stands_makes_is_not_expected(found: Found, held: Held) -> None:
    assert not of_the_living(found, held)


def test_a_security_group_is_a_clusters_only_if_it_says_so() -> None:
    assert made_by_a_cluster(Found("ec2:security-group", "sg-1", "", BY_CONTROLLER))
    assert not made_by_a_cluster(Found("ec2:security-group", "sg-1", ""))
