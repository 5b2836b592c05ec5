"""What makes somebody else's VPC unfit for a cluster: plain rules over what was found."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterator, Mapping, Sequence

from langsmith_hybrid.errors import Problem
from langsmith_hybrid.judgements import SERVICE_CIDR

PRIVATE_TAG = "kubernetes.io/role/internal-elb"
PUBLIC_TAG = "kubernetes.io/role/elb"
# A node and its Pods; with fewer nothing could be started at all.
_FEWEST_ADDRESSES = 64
_FEWEST_ZONES = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Vpc:
    """A VPC as found: its address range, and whether names are resolved in it."""

    vpc_id: str
    cidr: str
    dns_support: bool
    dns_hostnames: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet as found.

    Attributes:
        subnet_id: Its id; ``vpc_id`` is the VPC it is in.
        zone: Its availability zone.
        free_addresses: Addresses nobody uses yet.
        tags: Its tags.
        way_out: Id of what its default route leads to, or None.
    """

    subnet_id: str
    vpc_id: str
    zone: str
    free_addresses: int
    tags: Mapping[str, str]
    way_out: str | None


def problems(vpc: Vpc, private: Sequence[Subnet], public: Sequence[Subnet]) -> list[Problem]:
    """Everything a cluster could not live with, in a VPC's private subnets and the public ones before them."""
    return [
        *_vpc(vpc),
        *_zones(private),
        *(problem for subnet in private for problem in _private(subnet, vpc)),
        *(problem for subnet in public for problem in _public(subnet, vpc)),
    ]


def _vpc(vpc: Vpc) -> Iterator[Problem]:
    if not (vpc.dns_support and vpc.dns_hostnames):
        remedy = "Switch on enableDnsSupport and enableDnsHostnames: nodes find a private endpoint by name."
        yield Problem("vpcId", f"{vpc.vpc_id} does not resolve names.", remedy)
    if ipaddress.IPv4Network(vpc.cidr).overlaps(SERVICE_CIDR):
        what = f"{vpc.vpc_id} has {vpc.cidr}, which overlaps {SERVICE_CIDR}, the cluster's Service addresses."
        yield Problem("vpcId", what, "Use another VPC.")


def _zones(private: Sequence[Subnet]) -> Iterator[Problem]:
    zones = [subnet.zone for subnet in private]
    if twice := next((zone for zone in zones if zones.count(zone) > 1), None):
        yield Problem("privateSubnetIds", f"two subnets are in {twice}.", "Name one a zone.")
    elif len(zones) < _FEWEST_ZONES:
        yield Problem("privateSubnetIds", f"all subnets are in {zones[0]}.", "Name subnets in two zones or three.")


def _private(subnet: Subnet, vpc: Vpc) -> Iterator[Problem]:
    key = "privateSubnetIds"
    yield from _any(key, subnet, vpc, PRIVATE_TAG)
    if subnet.way_out is None:
        remedy = "Route 0.0.0.0/0 to a NAT or transit gateway: the listener calls LangSmith from here."
        yield Problem(key, f"{subnet.subnet_id} has no way out.", remedy)
    elif subnet.way_out.startswith("igw-"):
        yield Problem(
            key, f"{subnet.subnet_id} is public.", "Route 0.0.0.0/0 to a NAT gateway, or name another subnet."
        )
    if subnet.free_addresses < _FEWEST_ADDRESSES:
        what = f"{subnet.subnet_id} has {subnet.free_addresses} free addresses."
        yield Problem(key, what, f"Name a subnet with {_FEWEST_ADDRESSES} at least: every Pod takes one.")


def _public(subnet: Subnet, vpc: Vpc) -> Iterator[Problem]:
    key = "publicSubnetIds"
    yield from _any(key, subnet, vpc, PUBLIC_TAG)
    if not (subnet.way_out or "").startswith("igw-"):
        yield Problem(key, f"{subnet.subnet_id} is not public.", "Route 0.0.0.0/0 to an internet gateway.")


def _any(key: str, subnet: Subnet, vpc: Vpc, tag: str) -> Iterator[Problem]:
    if subnet.vpc_id != vpc.vpc_id:
        yield Problem(key, f"{subnet.subnet_id} is in {subnet.vpc_id}.", f"Name subnets of {vpc.vpc_id}.")
    if subnet.tags.get(tag) not in {"1", ""}:
        remedy = f"Tag it with {tag}=1: load balancers find their subnets so."
        yield Problem(key, f"{subnet.subnet_id} lacks the tag {tag}.", remedy)
