"""What AWS counts: only what the stack would still add is held against what is left."""

from __future__ import annotations

import pytest
from operations.doctor.world import World
from operations.fakes import refusal

from langsmith_hybrid.operations.doctor import Finding, State, quotas
from langsmith_hybrid.operations.doctor.checks import run

VPC = ("aws:ec2/vpc:Vpc", "network", "vpc-1")
EXISTING = {
    "vpcId": "vpc-0123456789abcdef0",
    "privateSubnetIds": '["subnet-0123456789abcdefa", "subnet-0123456789abcdefb"]',
}


def look(world: World) -> dict[str, Finding]:
    return {finding.check: finding for finding in run(quotas.checks(world.subject()))}


def limit(world: World, value: float, code: str | None = None) -> None:
    """Let the quota ``code``, or every one, be this."""
    asked = ("service-quotas", "get_service_quota")
    world.aws.answers[asked] = lambda arguments: {
        "Quota": {"Value": value if code in {None, arguments["QuotaCode"]} else 100.0}
    }


def test_room_for_what_is_added_is_well(world: World) -> None:
    limit(world, 2.0)
    found = look(world)
    assert {finding.state for finding in found.values()} == {State.OK}
    assert found["quota-vpcs"].what == "1 of 2 VPCs in eu-west-1 are used, and the stack adds 1."


USED_UP = [
    ("quota-vpcs", "L-F678F1CE", 1.0, "VPCs in eu-west-1"),
    ("quota-elastic-ips", "L-0263D0A3", 0.0, "Elastic IP addresses in eu-west-1"),
    ("quota-nat-gateways", "L-FE5A380F", 0.0, "NAT gateways in eu-west-1a"),
    ("quota-clusters", "L-1194D53C", 0.0, "EKS clusters in eu-west-1"),
    ("quota-databases", "L-7B6409FD", 0.0, "RDS instances in eu-west-1"),
]


@pytest.mark.parametrize(("check", "code", "value", "things"), USED_UP)
def test_each_quota_that_is_used_up_fails_alone_and_says_how_to_get_more(
    world: World, check: str, code: str, value: float, things: str
) -> None:
    limit(world, value, code)
    found = look(world)
    assert [name for name, finding in found.items() if finding.state is State.FAIL] == [check]
    assert things in found[check].what
    assert f"--quota-code {code} --desired-value {int(value) + 1} --region eu-west-1" in found[check].remedy


def test_a_stack_that_stands_adds_nothing_and_asks_for_no_quota(world: World) -> None:
    for token, name, resource_id in (
        VPC,
        ("aws:ec2/eip:Eip", "network-eu-west-1a-nat", "eipalloc-1"),
        ("aws:ec2/natGateway:NatGateway", "network-eu-west-1a-nat", "nat-1"),
        ("aws:eks/cluster:Cluster", "cluster", "agents-dev-1"),
        ("aws:rds/instance:Instance", "postgres", "postgres-1"),
    ):
        world.pulumi.hold(token, name, resource_id)
    assert {finding.state for finding in look(world).values()} == {State.OK}
    assert "service-quotas" not in {service for service, _, _ in world.aws.asked}


def test_a_stack_in_an_existing_network_adds_no_part_of_one(world: World) -> None:
    world.set(**EXISTING)
    limit(world, 0.0)
    found = look(world)
    failed = {name for name, finding in found.items() if finding.state is State.FAIL}
    assert failed == {"quota-clusters", "quota-databases"}


def test_a_stack_without_a_database_needs_no_room_for_one(world: World) -> None:
    world.set(postgresEnabled="false")
    limit(world, 0.0, "L-7B6409FD")
    assert look(world)["quota-databases"].state is State.OK


def test_a_gateway_in_every_zone_is_an_address_and_a_gateway_each(world: World) -> None:
    world.set(natGateways="per-zone", availabilityZones="3")
    world.pulumi.hold("aws:ec2/natGateway:NatGateway", "network-eu-west-1a-nat", "nat-1")
    world.pulumi.hold("aws:ec2/eip:Eip", "network-eu-west-1a-nat", "eipalloc-1")
    subject = world.subject()
    assert quotas._addresses(subject) == {"eu-west-1": 2}, "one of three is there"
    assert quotas._nat_gateways(subject) == {"eu-west-1b": 1, "eu-west-1c": 1}


def test_gateways_are_counted_in_their_own_zone(world: World) -> None:
    limit(world, 1.0, "L-FE5A380F")
    world.aws.answers["ec2", "describe_nat_gateways"] = {"NatGateways": [{"SubnetId": "subnet-b"}]}
    subnets = {"Subnets": [{"SubnetId": "subnet-b", "AvailabilityZone": "eu-west-1b"}]}
    world.aws.answers["ec2", "describe_subnets"] = subnets
    assert look(world)["quota-nat-gateways"].state is State.OK, "the one there is, is in another zone"
    subnets["Subnets"][0]["AvailabilityZone"] = "eu-west-1a"
    assert look(world)["quota-nat-gateways"].state is State.FAIL


def test_a_quota_nobody_ever_changed_is_awss_default(world: World) -> None:
    world.aws.answers["service-quotas", "get_service_quota"] = refusal("NoSuchResourceException")
    world.aws.answers["service-quotas", "get_aws_default_service_quota"] = {"Quota": {"Value": 1.0}}
    assert look(world)["quota-vpcs"].state is State.FAIL


def test_a_quota_that_may_not_be_read_is_unknown_with_the_reason(world: World) -> None:
    world.aws.answers["service-quotas", "get_service_quota"] = refusal("AccessDeniedException", "no policy allows it")
    finding = look(world)["quota-vpcs"]
    assert finding.state is State.UNKNOWN
    assert "no policy allows it" in finding.what
