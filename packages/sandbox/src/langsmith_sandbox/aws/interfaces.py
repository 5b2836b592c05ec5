"""Network interfaces that services put into a customer's subnets: what really keeps a subnet or a group in use.

EKS, node groups, RDS and ElastiCache register theirs here as requester-managed interfaces of moto's EC2, next to
those of NAT gateways and endpoints, so that DescribeNetworkInterfaces shows them and deletions can consult them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from moto.ec2.models import ec2_backends


def register(
    account: str, region: str, owner: str, subnets: Iterable[str], groups: Sequence[str], description: str
) -> list[str]:
    """Puts one interface into each of ``subnets``; returns their ids.

    Args:
        owner: Who holds them, like ``rds/mydb``; :func:`release` takes the same.
        groups: Security groups on the interface.
    """
    ec2 = ec2_backends[account][region]
    made = []
    for subnet in subnets:
        interface = ec2.create_network_interface(
            ec2.get_subnet(subnet), [], group_ids=list(groups), description=description
        )
        interface.requester_managed = True
        interface.status = "in-use"
        interface.sandbox_owner = owner  # type: ignore[attr-defined]
        made.append(interface.id)
    return made


def release(account: str, region: str, owner: str) -> None:
    """Takes all interfaces of ``owner`` away; fine when there are none."""
    ec2 = ec2_backends[account][region]
    for interface in owned(account, region, owner):
        ec2.enis.pop(interface.id, None)


def owned(account: str, region: str, owner: str) -> list[Any]:
    """The interfaces of ``owner``."""
    found = ec2_backends[account][region].enis.values()
    return [interface for interface in found if getattr(interface, "sandbox_owner", None) == owner]


def set_groups(account: str, region: str, owner: str, groups: Sequence[str]) -> None:
    """Replaces the security groups on the interfaces of ``owner``."""
    ec2 = ec2_backends[account][region]
    for interface in owned(account, region, owner):
        ec2.modify_network_interface_attribute(interface.id, list(groups))
