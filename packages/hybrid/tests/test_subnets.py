"""The division of a VPC's addresses."""

from __future__ import annotations

import ipaddress

import pytest

from langsmith_hybrid import subnets


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.8.0.0/18", "192.168.0.0/20"])
@pytest.mark.parametrize("zones", [2, 3])
def test_no_two_subnets_share_an_address_and_all_lie_in_the_vpc(cidr: str, zones: int) -> None:
    plan = subnets.plan(cidr, zones)
    networks = [ipaddress.IPv4Network(part) for part in (*plan.private, *plan.public)]
    assert len(networks) == 2 * zones
    assert all(network.subnet_of(ipaddress.IPv4Network(cidr)) for network in networks)
    assert not any(a.overlaps(b) for i, a in enumerate(networks) for b in networks[i + 1 :])


def test_adding_a_zone_moves_no_existing_subnet() -> None:
    two, three = subnets.plan("10.0.0.0/16", 2), subnets.plan("10.0.0.0/16", 3)
    assert three.private[:2] == two.private, "a moved range would replace the subnet and everything in it"
    assert three.public[:2] == two.public


def test_private_subnets_hold_the_pods_and_public_ones_only_gateways() -> None:
    plan = subnets.plan("10.0.0.0/16", 2)
    assert plan.private == ("10.0.0.0/19", "10.0.32.0/19")
    assert plan.public == ("10.0.224.0/21", "10.0.232.0/21")
