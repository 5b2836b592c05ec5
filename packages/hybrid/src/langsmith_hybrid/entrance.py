"""The entrance: how agents are reached from outside the cluster, and by whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import load_balancer
from langsmith_hybrid.alb_gateway import alb_gateway
from langsmith_hybrid.alb_ingress import alb_ingress
from langsmith_hybrid.certificate import certificate
from langsmith_hybrid.component import Component
from langsmith_hybrid.exposure import AgentsRouting, ExposureName
from langsmith_hybrid.load_balancer import LoadBalancerArgs

# The namespace of the entrance's own objects: agents' namespaces belong to the listener, which may change all in them.
NAMESPACE = "langsmith-entrance"
# Where an agent's server listens in its Pod.
_AGENT_PORT = 8000
_ANYWHERE = "0.0.0.0/0"


@dataclasses.dataclass(frozen=True)
class EntranceArgs:
    """What the entrance is made from.

    Attributes:
        exposure: Whether agents are reached from the VPC only, or from everywhere.
        routing: The Kubernetes API that routes to them.
        hostname: DNS name they are reached under, or None.
        secure: Whether by https.
        certificate_arn: A certificate for the name, or None to get one in the zone.
        hosted_zone_id: The Route 53 zone of the name, or None if its records are not ours to write.
        namespaces: Namespaces of the agents.
        vpc_id: The VPC of the load balancer, ``vpc_cidr`` its address range.
        region: AWS region.
        agents_security_group_id: The group agents' Pods are in.
    """

    exposure: ExposureName
    routing: AgentsRouting
    hostname: str | None
    secure: bool
    certificate_arn: str | None
    hosted_zone_id: str | None
    namespaces: Sequence[str]
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    region: str
    agents_security_group_id: pulumi.Input[str]


class Entrance(Component):
    """A load balancer with its firewall, its certificate and its name; removed with all of them before the controller.

    Attributes:
        address: DNS name of the load balancer.
        chart_values: What makes the data plane's chart route agents through it.
    """

    address: pulumi.Output[str]
    chart_values: Mapping[str, Any]

    def __init__(self, name: str, args: EntranceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name = name
        self._args = args
        home = kubernetes.core.v1.Namespace(
            name, metadata=kubernetes.meta.v1.ObjectMetaArgs(name=NAMESPACE), opts=self.child()
        )
        expose = alb_gateway if args.routing == "gateway" else alb_ingress
        exposed = expose(
            name,
            LoadBalancerArgs(
                scheme="internal" if args.exposure == "internal" else "internet-facing",
                hostname=args.hostname,
                certificate_arn=self._certificate(),
                redirect=args.secure and args.exposure == "internal",
                security_group_id=self._firewall(),
                namespaces=args.namespaces,
                home=home.metadata.name,
            ),
            self.child(),
        )
        if args.hosted_zone_id and args.hostname:
            self._record(exposed.address, zone=args.hosted_zone_id, hostname=args.hostname)
        self.address = exposed.address
        self.chart_values = exposed.chart_values
        self.register_outputs({"address": self.address})

    def _certificate(self) -> pulumi.Input[str] | None:
        args = self._args
        if args.secure and not args.certificate_arn and args.hostname and args.hosted_zone_id:
            return certificate(
                self._name, hostname=args.hostname, hosted_zone_id=args.hosted_zone_id, opts=self.child()
            )
        return args.certificate_arn

    def _firewall(self) -> pulumi.Output[str]:
        """The load balancer's group: everybody on 443 if it is public, else the VPC; and on to agents' servers only."""
        args = self._args
        firewall = aws.ec2.SecurityGroup(
            self._name, description="Load balancer of the agents", vpc_id=args.vpc_id, opts=self.child()
        )
        ports = [load_balancer.HTTPS] if args.secure else [load_balancer.HTTP]
        if args.exposure == "internal":
            ports = sorted({load_balancer.HTTP, *ports})
        for port in ports:
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{port}",
                security_group_id=firewall.id,
                cidr_ipv4=_ANYWHERE if args.exposure == "public" else args.vpc_cidr,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self.child(),
            )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-agents",
            security_group_id=firewall.id,
            referenced_security_group_id=args.agents_security_group_id,
            ip_protocol="tcp",
            from_port=_AGENT_PORT,
            to_port=_AGENT_PORT,
            opts=self.child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-agents",
            security_group_id=args.agents_security_group_id,
            referenced_security_group_id=firewall.id,
            ip_protocol="tcp",
            from_port=_AGENT_PORT,
            to_port=_AGENT_PORT,
            opts=self.child(),
        )
        return firewall.id

    def _record(self, address: pulumi.Output[str], *, zone: str, hostname: str) -> None:
        asking = pulumi.InvokeOutputOptions(parent=self)
        elsewhere = aws.lb.get_hosted_zone_id_output(
            region=self._args.region, load_balancer_type="application", opts=asking
        )
        aws.route53.Record(
            self._name,
            zone_id=zone,
            name=hostname,
            type="A",
            # An alias, since a zone's own name cannot be a CNAME; it follows the addresses by itself.
            aliases=[aws.route53.RecordAliasArgs(name=address, zone_id=elsewhere.id, evaluate_target_health=False)],
            opts=self.child(),
        )
