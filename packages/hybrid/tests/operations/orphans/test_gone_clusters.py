"""What is named after a cluster of ours is a left-over once there is no such cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from operations.orphans.account import CLUSTER, GONE, EmptyAws, aws_tags

from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.gone_clusters import GoneClusters

OTHERS = "agents-dev-two-0000000"
BY_CNI = "cluster.k8s.amazonaws.com/name"
Kind = Callable[[GoneClusters], Iterator[Found]]


def log_group(cluster: str) -> dict[str, Any]:
    name = f"/aws/eks/{cluster}/cluster"
    return {"logGroupName": name, "arn": f"arn:aws:logs:eu-west-1:1:log-group:{name}:*"}


def alias(cluster: str) -> dict[str, Any]:
    return {"AliasName": f"alias/eks/{cluster}", "AliasArn": "a:1"}


def security_group(cluster: str) -> dict[str, Any]:
    return {"GroupName": f"eks-cluster-sg-{cluster}-1234567890", "GroupId": f"sg-of-{cluster}"}


def interface(cluster: str, **more: Any) -> dict[str, Any]:
    return {"NetworkInterfaceId": f"eni-of-{cluster}", "TagSet": aws_tags({BY_CNI: cluster}), **more}


KINDS = [
    (("logs", "describe_log_groups"), GoneClusters.log_groups, log_group),
    (("kms", "list_aliases"), GoneClusters.aliases, alias),
    (("ec2", "describe_security_groups"), GoneClusters.security_groups, security_group),
    (("ec2", "describe_network_interfaces"), GoneClusters.interfaces, interface),
]


@pytest.fixture
def aws() -> EmptyAws:
    """An account with a cluster of ours that stands."""
    aws = EmptyAws()
    aws.lists("eks", "list_clusters", CLUSTER)
    return aws


@pytest.mark.parametrize(("lists", "kind", "of"), KINDS, ids=lambda each: getattr(each, "__name__", ""))
def test_only_what_is_of_a_cluster_of_ours_that_is_gone_is_found(
    aws: EmptyAws, lists: tuple[str, str], kind: Kind, of: Callable[[str], dict[str, Any]]
) -> None:
    aws.lists(*lists, of(GONE), of(CLUSTER), of(OTHERS), of("agents-dev-0000"), of("agents-devx-0000000"))
    (found,) = kind(GoneClusters(aws, ["agents-dev"]))
    assert GONE in found.id


@pytest.mark.parametrize(("lists", "kind", "of"), KINDS, ids=lambda each: getattr(each, "__name__", ""))
def test_every_configured_name_is_looked_for(
    aws: EmptyAws, lists: tuple[str, str], kind: Kind, of: Callable[[str], dict[str, Any]]
) -> None:
    aws.lists(*lists, of(GONE))
    assert list(kind(GoneClusters(aws, ["other", "agents-dev"]))), "one after the other, or both at once"


def test_a_name_that_is_a_pattern_matches_itself_only(aws: EmptyAws) -> None:
    aws.lists("kms", "list_aliases", alias("agentsxdev-0000000"))
    assert list(GoneClusters(aws, ["agents.dev"]).aliases()) == []


def test_an_alias_of_the_bare_name_is_in_the_way_too(aws: EmptyAws) -> None:
    aws.lists("kms", "list_aliases", alias("agents-dev"))
    assert [each.id for each in GoneClusters(aws, ["agents-dev"]).aliases()] == ["alias/eks/agents-dev"]


def test_an_alias_of_somebodys_living_cluster_is_theirs(aws: EmptyAws) -> None:
    aws.lists("eks", "list_clusters", "agents-dev")
    aws.lists("kms", "list_aliases", alias("agents-dev"))
    assert list(GoneClusters(aws, ["agents-dev"]).aliases()) == []


def test_a_log_group_is_known_by_the_arn_a_state_has_it_by(aws: EmptyAws) -> None:
    aws.lists("logs", "describe_log_groups", log_group(GONE))
    (found,) = GoneClusters(aws, ["agents-dev"]).log_groups()
    assert not found.arn.endswith("*")


@pytest.mark.parametrize(
    "more", [{"RequesterManaged": True}, {"Attachment": {"InstanceId": "i-1", "DeleteOnTermination": True}}]
)
def test_an_interface_that_goes_with_what_it_is_for_is_not_named(aws: EmptyAws, more: dict[str, Any]) -> None:
    aws.lists("ec2", "describe_network_interfaces", interface(GONE, **more))
    assert list(GoneClusters(aws, ["agents-dev"]).interfaces()) == []


def test_which_clusters_stand_is_asked_once(aws: EmptyAws) -> None:
    aws.lists("kms", "list_aliases", alias(GONE))
    aws.lists("logs", "describe_log_groups", log_group(GONE))
    gone = GoneClusters(aws, ["agents-dev"])
    assert list(gone.aliases())
    assert list(gone.log_groups())
    assert [operation for _, operation, _ in aws.asked].count("list_clusters") == 1
