"""An existing network: somebody else's VPC, found fit for a cluster before anything is put into it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import existing_network_rules as rules
from langsmith_hybrid.errors import ConfigError, Problem

_EVERYWHERE = "0.0.0.0/0"


@dataclasses.dataclass(frozen=True)
class ExistingNetwork:
    """A VPC that is only looked at, never changed; a `Place` for everything else.

    Attributes:
        vpc_id: The VPC.
        cidr: Its first address range.
        private_subnet_ids: The subnets nodes, Pods and stores go to.
        nat_addresses: Public addresses of the NAT gateways in the subnets' routes; empty where others lead out.
        egress: Empty: what leads out is there already.
    """

    vpc_id: pulumi.Output[str]
    cidr: str
    private_subnet_ids: list[pulumi.Output[str]]
    nat_addresses: pulumi.Output[list[str]]
    egress: list[pulumi.Resource]

    @classmethod
    def find(
        cls, vpc_id: str, private: Sequence[str], public: Sequence[str], asking: pulumi.InvokeOptions
    ) -> ExistingNetwork:
        """Look a network up, in previews too.

        Args:
            vpc_id: The VPC.
            private: Ids of the subnets for the cluster, one a zone.
            public: Ids of the subnets for public load balancers.
            asking: Options that lead to the account and region.

        Raises:
            ConfigError: With everything about it a cluster could not live with.
        """
        vpc = _vpc(vpc_id, asking)
        inner = [_subnet("privateSubnetIds", each, vpc_id, asking) for each in private]
        outer = [_subnet("publicSubnetIds", each, vpc_id, asking) for each in public]
        if problems := rules.problems(vpc, inner, outer):
            raise ConfigError(problems)
        gateways = dict.fromkeys(each.way_out for each in inner if each.way_out and each.way_out.startswith("nat-"))
        addresses = [aws.ec2.get_nat_gateway(id=gateway, opts=asking).public_ip for gateway in gateways]
        return cls(
            vpc_id=pulumi.Output.from_input(vpc_id),
            cidr=vpc.cidr,
            private_subnet_ids=[pulumi.Output.from_input(each) for each in private],
            nat_addresses=pulumi.Output.from_input(addresses),
            egress=[],
        )


def _vpc(vpc_id: str, asking: pulumi.InvokeOptions) -> rules.Vpc:
    try:
        found = aws.ec2.get_vpc(id=vpc_id, opts=asking)
    except Exception:  # noqa: BLE001 - an invoke raises nothing more particular
        raise ConfigError([_missing("vpcId", vpc_id)]) from None
    return rules.Vpc(
        vpc_id=vpc_id,
        cidr=found.cidr_block,
        dns_support=found.enable_dns_support,
        dns_hostnames=found.enable_dns_hostnames,
    )


def _subnet(key: str, subnet_id: str, vpc_id: str, asking: pulumi.InvokeOptions) -> rules.Subnet:
    try:
        found = aws.ec2.get_subnet(id=subnet_id, opts=asking)
    except Exception:  # noqa: BLE001 - an invoke raises nothing more particular
        raise ConfigError([_missing(key, subnet_id)]) from None
    return rules.Subnet(
        subnet_id=subnet_id,
        vpc_id=found.vpc_id,
        zone=found.availability_zone,
        free_addresses=found.available_ip_address_count,
        tags=_plain(found.tags),
        way_out=_way_out(subnet_id, vpc_id, asking),
    )


def _way_out(subnet_id: str, vpc_id: str, asking: pulumi.InvokeOptions) -> str | None:
    """What the subnet's default route leads to. A subnet without a route table of its own has the VPC's main one."""
    filters = aws.ec2.GetRouteTablesFilterArgs
    own = filters(name="association.subnet-id", values=[subnet_id])
    main = filters(name="association.main", values=["true"])
    for chosen in (own, main):
        if tables := aws.ec2.get_route_tables(vpc_id=vpc_id, filters=[chosen], opts=asking).ids:
            table = aws.ec2.get_route_table(route_table_id=tables[0], opts=asking)
            default = next((route for route in table.routes if route.cidr_block == _EVERYWHERE), None)
            if default is None:
                return None
            return default.gateway_id or default.nat_gateway_id or default.transit_gateway_id or "another appliance"
    return None


def _plain(tags: Mapping[str, str] | None) -> Mapping[str, str]:
    return dict(tags or {})


def _missing(key: str, wanted: str) -> Problem:
    return Problem(key, f"{wanted} cannot be found in this account and region.", "Check the id and who deploys.")
