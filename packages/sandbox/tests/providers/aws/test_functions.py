"""The data sources a program may call."""

from __future__ import annotations

from typing import Any

import grpc
import pytest


def test_the_caller_the_region_and_the_partition_are_those_of_the_account(engine: Any) -> None:
    caller = engine.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert caller["accountId"] == "123456789012"
    assert caller["arn"].startswith("arn:aws:iam::123456789012:user/")
    assert engine.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"
    assert engine.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"


def test_zones_come_in_the_order_of_their_names_without_the_excluded_ones(engine: Any) -> None:
    token = "aws:index/getAvailabilityZones:getAvailabilityZones"
    zones = engine.invoke(token, state="available", excludeNames=["us-east-1a"])
    assert zones["names"] == sorted(zones["names"])
    assert "us-east-1a" not in zones["names"]
    assert len(zones["zoneIds"]) == len(zones["names"])


def test_an_add_on_version_is_the_default_or_the_newest(engine: Any) -> None:
    token = "aws:eks/getAddonVersion:getAddonVersion"
    default = engine.invoke(token, addonName="vpc-cni", kubernetesVersion="1.35")["version"]
    newest = engine.invoke(token, addonName="vpc-cni", kubernetesVersion="1.35", mostRecent=True)["version"]
    assert default.startswith("v")
    assert newest.startswith("v")


def test_a_session_leads_back_to_the_role_behind_it(engine: Any, aws: Any) -> None:
    role = aws("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")["Role"]
    arn = "arn:aws:sts::123456789012:assumed-role/deployer/session"
    context = engine.invoke("aws:iam/getSessionContext:getSessionContext", arn=arn)
    assert (context["issuerArn"], context["sessionName"]) == (role["Arn"], "session")


def test_an_arn_that_is_no_session_is_its_own_issuer(engine: Any) -> None:
    arn = "arn:aws:iam::123456789012:user/someone"
    assert engine.invoke("aws:iam/getSessionContext:getSessionContext", arn=arn)["issuerArn"] == arn


@pytest.mark.parametrize(
    ("token", "arguments", "complaint"),
    [
        ("aws:ec2/getAmi:getAmi", {}, "no function"),
        ("aws:index/getRegion:getRegion", {"endpoint": "x"}, "does not handle endpoint"),
        ("aws:eks/getAddonVersion:getAddonVersion", {"addonName": "vpc-cni"}, "needs kubernetesVersion"),
    ],
)
def test_what_is_not_imitated_is_refused(engine: Any, token: str, arguments: dict[str, str], complaint: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.invoke(token, **arguments)
    error: Any = caught.value
    assert complaint in error.details()
