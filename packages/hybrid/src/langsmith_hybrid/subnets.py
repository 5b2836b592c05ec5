"""How a VPC's address range is divided: plain arithmetic, known before anything is created."""

from __future__ import annotations

import dataclasses
import ipaddress

# Eight blocks: up to six private ones from the front, the last one cut again for the public subnets.
_BLOCK_BITS = 3
_PUBLIC_BITS = 2


@dataclasses.dataclass(frozen=True)
class SubnetPlan:
    """One private and one public range per availability zone, in the zones' order."""

    private: tuple[str, ...]
    public: tuple[str, ...]


def plan(vpc_cidr: str, zones: int) -> SubnetPlan:
    """Divide ``vpc_cidr`` over ``zones`` availability zones (1 to 4).

    Private subnets are an eighth of the VPC each, since Pods take their addresses from them; public ones, which hold
    only NAT gateways and load balancers, a thirty-second. A range never moves when a zone is added.
    """
    blocks = list(ipaddress.IPv4Network(vpc_cidr).subnets(prefixlen_diff=_BLOCK_BITS))
    public = list(blocks[-1].subnets(prefixlen_diff=_PUBLIC_BITS))
    return SubnetPlan(
        private=tuple(str(block) for block in blocks[:zones]),
        public=tuple(str(block) for block in public[:zones]),
    )
