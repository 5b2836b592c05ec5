"""The network: a VPC whose private subnets reach out through NAT gateways and are reached by nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import subnets
from langsmith_hybrid.component import Component

_ANYWHERE = "0.0.0.0/0"


@dataclasses.dataclass(frozen=True)
class NetworkArgs:
    """What the network is made from.

    Attributes:
        region: AWS region, for the names of gateway endpoints.
        cidr: The VPC's address range.
        availability_zones: Names of the zones to span, in order.
    """

    region: str
    cidr: str
    availability_zones: Sequence[str]


class Network(Component):
    """VPC, public subnets for NAT gateways and load balancers, private subnets for everything else.

    Attributes:
        vpc_id: The VPC.
        private_subnet_ids: One subnet a zone, routed out through NAT.
        public_subnet_ids: One subnet a zone, routed to the internet gateway; no public addresses by default.
        nat_addresses: The public addresses all outbound traffic comes from: what third parties allow-list.
        egress: What must exist before anything in a private subnet can reach the internet.
    """

    vpc_id: pulumi.Output[str]
    private_subnet_ids: list[pulumi.Output[str]]
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
        plan = subnets.plan(args.cidr, len(args.availability_zones))
        public = self._subnets(f"{name}-public", vpc, plan.public, args.availability_zones, "kubernetes.io/role/elb")
        private = self._subnets(
            f"{name}-private", vpc, plan.private, args.availability_zones, "kubernetes.io/role/internal-elb"
        )
        nat, address = self._internet_access(name, vpc, public)
        private_routes = self._nat_routes(f"{name}-private", vpc, nat, private)
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.id,
            service_name=f"com.amazonaws.{args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[private_routes.id],
            tags={"Name": f"{name}-s3"},
            opts=self.child(),
        )
        self.vpc_id = vpc.id
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.public_subnet_ids = [subnet.id for subnet in public]
        self.nat_addresses = pulumi.Output.all(address.public_ip).apply(list)
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

    def _internet_access(
        self, name: str, vpc: aws.ec2.Vpc, public: Sequence[aws.ec2.Subnet]
    ) -> tuple[aws.ec2.NatGateway, aws.ec2.Eip]:
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=self.child())
        routes = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, tags={"Name": f"{name}-public"}, opts=self.child())
        out = aws.ec2.Route(
            f"{name}-public-internet",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self.child(),
        )
        self._associate(f"{name}-public", routes, public)
        # An address cannot be released, nor a gateway detached, while the NAT gateway uses it: hence the dependencies.
        address = aws.ec2.Eip(
            f"{name}-nat", domain="vpc", tags={"Name": f"{name}-nat"}, opts=self.child(depends_on=[gateway])
        )
        nat = aws.ec2.NatGateway(
            f"{name}-nat",
            allocation_id=address.allocation_id,
            subnet_id=public[0].id,
            tags={"Name": f"{name}-nat"},
            opts=self.child(depends_on=[gateway, out]),
        )
        return nat, address

    def _nat_routes(
        self, name: str, vpc: aws.ec2.Vpc, nat: aws.ec2.NatGateway, private: Sequence[aws.ec2.Subnet]
    ) -> aws.ec2.RouteTable:
        routes = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags={"Name": name}, opts=self.child())
        out = aws.ec2.Route(
            f"{name}-nat",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            nat_gateway_id=nat.id,
            opts=self.child(),
        )
        self.egress = [out, *self._associate(name, routes, private)]
        return routes

    def _associate(
        self, name: str, routes: aws.ec2.RouteTable, members: Sequence[aws.ec2.Subnet]
    ) -> list[aws.ec2.RouteTableAssociation]:
        return [
            aws.ec2.RouteTableAssociation(
                f"{name}-{index}", route_table_id=routes.id, subnet_id=subnet.id, opts=self.child()
            )
            for index, subnet in enumerate(members)
        ]
