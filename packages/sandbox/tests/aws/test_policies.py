"""The verdict of policy documents, by the rules of the IAM user guide."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_sandbox.aws.policies import Deed, Verdict, judge

GROUP = "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:x:autoScalingGroupName/eks-main"
OWNED = "aws:ResourceTag/k8s.io/cluster-autoscaler/prod"


def verdict(deed: Deed, *statements: dict[str, Any]) -> Verdict:
    return judge([{"Statement": list(statements)}], deed)


def scale(**tags: str) -> Deed:
    return Deed("autoscaling:SetDesiredCapacity", (GROUP,), tags)


def allow(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "autoscaling:*", "Resource": "*", **changes}


def test_what_nothing_allows_is_refused_and_a_deny_wins():
    assert verdict(scale()) is Verdict.NOT_ALLOWED
    assert verdict(scale(), allow()) is Verdict.ALLOWED
    assert verdict(scale(), allow(), allow(Effect="Deny")) is Verdict.DENIED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Action": ["autoscaling:setdesiredcapacity"]}, Verdict.ALLOWED),
        ({"Action": "autoscaling:Describe*"}, Verdict.NOT_ALLOWED),
        ({"Action": "autoscaling:Set[D]*"}, Verdict.NOT_ALLOWED),
        ({"Resource": ["arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/eks-*"]}, Verdict.ALLOWED),
        ({"Resource": "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/other"}, Verdict.NOT_ALLOWED),
    ],
)
def test_actions_compare_without_case_and_resources_with_it(changes: dict[str, Any], expected: Verdict):
    assert verdict(scale(), allow(**changes)) is expected


def test_not_action_is_everything_else():
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    assert verdict(scale(), statement) is Verdict.ALLOWED
    assert verdict(Deed("iam:CreateRole", ("*",)), statement) is Verdict.NOT_ALLOWED


@pytest.mark.parametrize(
    ("condition", "tags", "expected"),
    [
        ({"StringEquals": {OWNED: "owned"}}, {OWNED: "owned"}, Verdict.ALLOWED),
        ({"StringEquals": {OWNED: "owned"}}, {OWNED: "shared"}, Verdict.NOT_ALLOWED),
        ({"StringEquals": {OWNED: "owned"}}, {}, Verdict.NOT_ALLOWED),
        ({"StringEqualsIfExists": {OWNED: "owned"}}, {}, Verdict.ALLOWED),
        ({"StringNotEquals": {OWNED: "owned"}}, {}, Verdict.ALLOWED),
        ({"StringLike": {OWNED: ["own*"]}}, {OWNED.upper(): "owned"}, Verdict.ALLOWED),
        ({"Null": {OWNED: "false"}}, {}, Verdict.NOT_ALLOWED),
        ({"Bool": {"aws:SecureTransport": False}}, {"aws:SecureTransport": "true"}, Verdict.NOT_ALLOWED),
    ],
)
def test_a_condition_must_hold(condition: dict[str, Any], tags: dict[str, str], expected: Verdict):
    assert verdict(scale(**tags), allow(Condition=condition)) is expected


def test_where_the_resource_is_unknown_the_action_decides_and_a_narrow_deny_does_not():
    unknown = Deed("ec2:RunInstances", None)
    narrow = {"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:x", "Condition": {"StringEquals": {"a": "b"}}}
    assert verdict(unknown, narrow) is Verdict.ALLOWED
    assert verdict(unknown, narrow, {**narrow, "Effect": "Deny"}) is Verdict.ALLOWED, "it may mean another resource"
    assert verdict(unknown, narrow, {"Effect": "Deny", "Action": "*", "Resource": "*"}) is Verdict.DENIED


def test_an_operator_the_sandbox_lacks_is_said_rather_than_ignored():
    with pytest.raises(NotImplementedError, match="NumericLessThan"):
        verdict(scale(a="1"), allow(Condition={"NumericLessThan": {"a": "2"}}))
