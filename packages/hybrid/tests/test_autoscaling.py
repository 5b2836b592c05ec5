"""What the autoscaler's role may do, judged by the rules of IAM."""

from __future__ import annotations

import json

import pulumi
import pytest

from langsmith_hybrid.autoscaling import AutoscalingArgs, scaling_policy
from langsmith_sandbox.aws.policies import Deed, Verdict, judge

ARGS = AutoscalingArgs(
    cluster_name=pulumi.Output.from_input("prod"),
    cluster_version="1.35",
    partition="aws",
    region="eu-west-1",
    account_id="111122223333",
    chart_repository="https://charts.example.com",
    chart_version="1.0.0",
)
GROUPS = "arn:aws:autoscaling:eu-west-1:{account}:autoScalingGroup:0a1b:autoScalingGroupName/{name}"


def verdict(action: str, resource: str = "*", **tags: str) -> Verdict:
    context = {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": value for cluster, value in tags.items()}
    return judge([json.loads(scaling_policy("prod", ARGS))], Deed(action, (resource,), context))


def group(name: str = "eks-nodes-1", account: str = "111122223333") -> str:
    return GROUPS.format(account=account, name=name)


@pytest.mark.parametrize("action", ["SetDesiredCapacity", "TerminateInstanceInAutoScalingGroup"])
def test_it_resizes_the_groups_eks_made_for_its_cluster(action: str) -> None:
    assert verdict(f"autoscaling:{action}", group(), prod="owned") is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("resource", "tags"),
    [
        (group(), {}),
        (group(), {"other": "owned"}),
        (group(), {"prod": "shared"}),
        (group("workers"), {"prod": "owned"}),
        (group(account="444455556666"), {"prod": "owned"}),
    ],
    ids=["untagged", "another cluster's", "shared", "not made by EKS", "another account's"],
)
def test_it_resizes_no_other(resource: str, tags: dict[str, str]) -> None:
    assert verdict("autoscaling:SetDesiredCapacity", resource, **tags) is Verdict.NOT_ALLOWED


def test_it_looks_at_all_groups_and_makes_none() -> None:
    assert verdict("autoscaling:DescribeAutoScalingGroups") is Verdict.ALLOWED
    assert verdict("ec2:DescribeInstanceTypes") is Verdict.ALLOWED
    for action in ("autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "ec2:RunInstances"):
        assert verdict(action, group(), prod="owned") is Verdict.NOT_ALLOWED
    nodes = "arn:aws:eks:eu-west-1:111122223333:nodegroup/{}/main/1"
    assert verdict("eks:DescribeNodegroup", nodes.format("prod")) is Verdict.ALLOWED
    assert verdict("eks:DescribeNodegroup", nodes.format("other")) is Verdict.NOT_ALLOWED
