"""What components must know of the network they are put into, whoever made it."""

from __future__ import annotations

from typing import Protocol

import pulumi


class Place(Protocol):
    """A VPC with private subnets, ours or one that was there before.

    Attributes:
        vpc_id: The VPC.
        cidr: Its address range.
        private_subnet_ids: One subnet a zone, with a way out to the internet.
        nat_addresses: The public addresses all outbound traffic comes from, as far as they are known.
        egress: Resources without which nothing in a private subnet reaches the internet.
    """

    @property
    def vpc_id(self) -> pulumi.Output[str]: ...
    @property
    def cidr(self) -> str: ...
    @property
    def private_subnet_ids(self) -> list[pulumi.Output[str]]: ...
    @property
    def nat_addresses(self) -> pulumi.Output[list[str]]: ...
    @property
    def egress(self) -> list[pulumi.Resource]: ...
