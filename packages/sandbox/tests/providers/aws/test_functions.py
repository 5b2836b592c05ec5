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


def test_a_role_is_found_by_its_name(engine: Any) -> None:
    found = engine.invoke("aws:iam/getRole:getRole", name="AWSServiceRoleForAutoScaling")
    assert found["arn"].endswith(":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    with pytest.raises(grpc.RpcError, match="NoSuchEntity"):
        engine.invoke("aws:iam/getRole:getRole", name="nobody")


def test_the_zone_of_load_balancers_is_known_by_region(engine: Any) -> None:
    token = "aws:lb/getHostedZoneId:getHostedZoneId"
    assert engine.invoke(token, loadBalancerType="application")["id"] == "Z35SXDOTRQ7X7K"
    assert engine.invoke(token, region="eu-west-1")["id"] == "Z32O12XQLNTSW2"
    with pytest.raises(grpc.RpcError, match="does not know the zone"):
        engine.invoke(token, loadBalancerType="network")


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


def test_a_network_that_is_there_is_found_with_its_way_out(engine: Any, aws: Any) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    tagged = [{"ResourceType": "subnet", "Tags": [{"Key": "tier", "Value": "private"}]}]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24", TagSpecifications=tagged)["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)

    found = engine.invoke("aws:ec2/getVpc:getVpc", id=vpc)
    assert (found["cidrBlock"], found["enableDnsHostnames"], found["enableDnsSupport"]) == ("10.7.0.0/16", True, True)
    seen = engine.invoke("aws:ec2/getSubnet:getSubnet", id=subnet)
    assert (seen["vpcId"], seen["availableIpAddressCount"], seen["tags"]) == (vpc, 251, {"tier": "private"})

    own = [{"name": "association.subnet-id", "values": [subnet]}]
    tables = "aws:ec2/getRouteTables:getRouteTables"
    assert engine.invoke(tables, vpcId=vpc, filters=own)["ids"] == [], "it follows the VPC's main table still"
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    assert engine.invoke(tables, vpcId=vpc, filters=own)["ids"] == [table]
    (route,) = engine.invoke("aws:ec2/getRouteTable:getRouteTable", routeTableId=table)["routes"]
    assert (route["cidrBlock"], route["gatewayId"], route["natGatewayId"]) == ("0.0.0.0/0", gateway, "")


def test_a_nat_gateway_is_found_with_its_public_address(engine: Any, aws: Any) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.1.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address["AllocationId"])["NatGateway"]["NatGatewayId"]
    assert engine.invoke("aws:ec2/getNatGateway:getNatGateway", id=nat)["publicIp"] == address["PublicIp"]


def test_what_is_not_there_is_refused_as_aws_does(engine: Any) -> None:
    with pytest.raises(grpc.RpcError, match=r"InvalidVpcID\.NotFound"):
        engine.invoke("aws:ec2/getVpc:getVpc", id="vpc-0123456789abcdef0")
