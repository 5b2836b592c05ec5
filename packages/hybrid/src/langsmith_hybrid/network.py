"""The network: a VPC whose private subnets reach out through NAT gateways and are reached by nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import subnets
from langsmith_hybrid.component import Component
from langsmith_hybrid.profiles import NatGateways

_ANYWHERE = "0.0.0.0/0"


@dataclasses.dataclass(frozen=True)
class NetworkArgs:
    """What the network is made from.

    Attributes:
        cidr: The VPC's address range.
        availability_zones: Names of the zones to span, in order.
        nat_gateways: One for all of them, or one in each.
    """

    cidr: str
    availability_zones: Sequence[str]
    nat_gateways: NatGateways


class Network(Component):
    """VPC, public subnets for NAT gateways and load balancers, private subnets for everything else.

    Attributes:
        vpc_id: The VPC.
        cidr: Its address range.
        private_subnet_ids: One subnet a zone, routed out through NAT.
        private_route_table_ids: Their route tables, one a zone.
        public_subnet_ids: One subnet a zone, routed to the internet gateway; no public addresses by default.
        nat_addresses: The public addresses all outbound traffic comes from: what third parties allow-list.
        egress: What must exist before anything in a private subnet can reach the internet.
    """

    vpc_id: pulumi.Output[str]
    cidr: str
    private_subnet_ids: list[pulumi.Output[str]]
    private_route_table_ids: list[pulumi.Output[str]]
    public_subnet_ids: list[pulumi.Output[str]]
    nat_addresses: pulumi.Output[list[str]]
    egress: list[pulumi.Resource]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": name},
            opts=self.child(),
        )
        # The default group is what a resource gets when nobody chose one. Taken over without rules, it loses those
        # AWS gave it, and lets nothing through.
        aws.ec2.DefaultSecurityGroup(f"{name}-default", vpc_id=vpc.id, opts=self.child())
        zones = args.availability_zones
        plan = subnets.plan(args.cidr, len(zones))
        public = self._subnets(f"{name}-public", vpc, plan.public, zones, "kubernetes.io/role/elb")
        private = self._subnets(f"{name}-private", vpc, plan.private, zones, "kubernetes.io/role/internal-elb")
        internet = self._internet_access(name, vpc, public)
        with_nat = len(zones) if args.nat_gateways == "per-zone" else 1
        gateways = [
            self._nat(f"{name}-{zone}", subnet, internet)
            for zone, subnet in zip(zones[:with_nat], public[:with_nat], strict=True)
        ]
        # A route table a zone in either case: a second gateway then changes routes, and replaces nothing.
        tables = [
            self._private_routes(f"{name}-private-{zone}", vpc, gateways[index % with_nat].gateway, subnet)
            for index, (zone, subnet) in enumerate(zip(zones, private, strict=True))
        ]
        self.vpc_id = vpc.id
        self.cidr = args.cidr
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.private_route_table_ids = [table.routes.id for table in tables]
        self.public_subnet_ids = [subnet.id for subnet in public]
        self.nat_addresses = pulumi.Output.all(*(nat.address.public_ip for nat in gateways)).apply(list)
        self.egress = [part for table in tables for part in (table.way_out, table.association)]
        self.register_outputs({"vpcId": self.vpc_id, "natGatewayIps": self.nat_addresses})

    def _subnets(
        self, name: str, vpc: aws.ec2.Vpc, cidrs: Sequence[str], zones: Sequence[str], load_balancer_tag: str
    ) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=vpc.id,
                cidr_block=cidr,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                # The load balancer controller finds its subnets by this tag.
                tags={"Name": f"{name}-{zone}", load_balancer_tag: "1"},
                opts=self.child(),
            )
            for cidr, zone in zip(cidrs, zones, strict=True)
        ]

    def _internet_access(self, name: str, vpc: aws.ec2.Vpc, public: Sequence[aws.ec2.Subnet]) -> list[pulumi.Resource]:
        """What a NAT gateway needs around it: it cannot be made before these, nor they be removed before it."""
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=self.child())
        routes = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, tags={"Name": f"{name}-public"}, opts=self.child())
        out = aws.ec2.Route(
            f"{name}-public-internet",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self.child(),
        )
        for index, subnet in enumerate(public):
            aws.ec2.RouteTableAssociation(
                f"{name}-public-{index}", route_table_id=routes.id, subnet_id=subnet.id, opts=self.child()
            )
        return [gateway, out]

    def _nat(self, name: str, subnet: aws.ec2.Subnet, internet: list[pulumi.Resource]) -> _Nat:
        tags = {"Name": name}
        address = aws.ec2.Eip(f"{name}-nat", domain="vpc", tags=tags, opts=self.child(depends_on=internet))
        gateway = aws.ec2.NatGateway(
            f"{name}-nat",
            allocation_id=address.allocation_id,
            subnet_id=subnet.id,
            tags=tags,
            opts=self.child(depends_on=internet),
        )
        return _Nat(address, gateway)

    def _private_routes(
        self, name: str, vpc: aws.ec2.Vpc, nat: aws.ec2.NatGateway, subnet: aws.ec2.Subnet
    ) -> _PrivateRoutes:
        routes = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags={"Name": name}, opts=self.child())
        out = aws.ec2.Route(
            f"{name}-nat",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            nat_gateway_id=nat.id,
            opts=self.child(),
        )
        association = aws.ec2.RouteTableAssociation(
            name, route_table_id=routes.id, subnet_id=subnet.id, opts=self.child()
        )
        return _PrivateRoutes(routes, out, association)


@dataclasses.dataclass(frozen=True)
class _Nat:
    """A NAT gateway and its public address."""

    address: aws.ec2.Eip
    gateway: aws.ec2.NatGateway


@dataclasses.dataclass(frozen=True)
class _PrivateRoutes:
    """The route table of one private subnet, and the two resources that make it a way out."""

    routes: aws.ec2.RouteTable
    way_out: aws.ec2.Route
    association: aws.ec2.RouteTableAssociation
