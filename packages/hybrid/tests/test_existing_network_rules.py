"""What makes a VPC unfit for a cluster, told from what was found of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from langsmith_hybrid.existing_network_rules import PRIVATE_TAG, PUBLIC_TAG, Subnet, Vpc, problems

VPC = Vpc(vpc_id="vpc-1", cidr="10.1.0.0/16", dns_support=True, dns_hostnames=True)


def private(zone: str, **other: Any) -> Subnet:
    """A subnet fit for nodes."""
    fit = Subnet(
        subnet_id=f"subnet-{zone}",
        vpc_id="vpc-1",
        zone=zone,
        free_addresses=4091,
        tags={PRIVATE_TAG: "1"},
        way_out="nat-1",
    )
    return dataclasses.replace(fit, **other)


def public(zone: str, **other: Any) -> Subnet:
    """A subnet fit for public load balancers."""
    return dataclasses.replace(private(zone), **{"tags": {PUBLIC_TAG: "1"}, "way_out": "igw-1", **other})


@pytest.mark.parametrize("zones", [("a", "b"), ("a", "b", "c")])
def test_subnets_in_two_zones_or_three_are_fit(zones: tuple[str, ...]) -> None:
    assert problems(VPC, [private(zone) for zone in zones], [public(zone) for zone in zones]) == []


def test_a_transit_gateway_is_a_way_out_too() -> None:
    assert problems(VPC, [private("a", way_out="tgw-1"), private("b", way_out="tgw-1")], []) == []


@pytest.mark.parametrize(
    ("vpc", "reason"),
    [
        ({"dns_support": False}, "does not resolve names"),
        ({"dns_hostnames": False}, "does not resolve names"),
        ({"cidr": "172.16.0.0/12"}, "overlaps 172.20.0.0/16"),
    ],
)
def test_a_vpc_without_names_or_in_the_clusters_way_is_refused(vpc: dict[str, Any], reason: str) -> None:
    (found,) = problems(dataclasses.replace(VPC, **vpc), [private("a"), private("b")], [])
    assert found.key == "vpcId"
    assert reason in str(found)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (private("a"), "two subnets are in a"),
        (private("b", way_out=None), "has no way out"),
        (private("b", way_out="igw-1"), "is public"),
        (private("b", free_addresses=63), "has 63 free addresses"),
        (private("b", tags={}), f"lacks the tag {PRIVATE_TAG}"),
        (private("b", tags={PRIVATE_TAG: "0"}), f"lacks the tag {PRIVATE_TAG}"),
        (private("b", vpc_id="vpc-2"), "Name subnets of vpc-1"),
    ],
)
def test_a_private_subnet_that_cannot_hold_nodes_is_refused(second: Subnet, reason: str) -> None:
    (found,) = problems(VPC, [private("a"), second], [])
    assert found.key == "privateSubnetIds"
    assert reason in str(found)


@pytest.mark.parametrize(
    ("other", "reason"),
    [({"way_out": "nat-1"}, "is not public"), ({"tags": {}}, f"lacks the tag {PUBLIC_TAG}")],
)
def test_a_public_subnet_that_cannot_hold_load_balancers_is_refused(other: dict[str, Any], reason: str) -> None:
    (found,) = problems(VPC, [private("a"), private("b")], [public("a", **other)])
    assert found.key == "publicSubnetIds"
    assert reason in str(found)


def test_everything_wrong_is_told_at_once() -> None:
    unfit = dataclasses.replace(VPC, dns_support=False)
    assert len(problems(unfit, [private("a", tags={}), private("b", way_out=None)], [public("a", tags={})])) == 4
