"""Service endpoints: ways to AWS services that neither leave the VPC nor pay for NAT."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import Component

_HTTPS = 443


@dataclasses.dataclass(frozen=True)
class ServiceEndpointsArgs:
    """What the endpoints are made from.

    Attributes:
        vpc_id: The VPC, ``vpc_cidr`` its address range.
        region: AWS region, for the names of the services.
        route_table_ids: Route tables of the private subnets, for S3.
        subnet_ids: Private subnets, one a zone, in which the interfaces are.
        services: Services besides S3, such as ``ecr.api``.
    """

    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    region: str
    route_table_ids: Sequence[pulumi.Input[str]]
    subnet_ids: Sequence[pulumi.Input[str]]
    services: Sequence[str]


class ServiceEndpoints(Component):
    """A gateway endpoint of S3, which costs nothing, and an interface endpoint of every other service asked for."""

    def __init__(self, name: str, args: ServiceEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(args.route_table_ids),
            tags={"Name": f"{name}-s3"},
            opts=self.child(),
        )
        if args.services:
            self._interfaces(name, args)
        self.register_outputs({})

    def _interfaces(self, name: str, args: ServiceEndpointsArgs) -> None:
        firewall = aws.ec2.SecurityGroup(
            name,
            description="AWS services, from inside the VPC only",
            vpc_id=args.vpc_id,
            tags={"Name": name},
            opts=self.child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-vpc",
            security_group_id=firewall.id,
            cidr_ipv4=args.vpc_cidr,
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            opts=self.child(),
        )
        for service in args.services:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Interface",
                # The service's usual name then leads to the endpoint, and no client has to be told of it.
                private_dns_enabled=True,
                subnet_ids=list(args.subnet_ids),
                security_group_ids=[firewall.id],
                tags={"Name": f"{name}-{service}"},
                opts=self.child(),
            )
