"""The AWS side: makes a load balancer what is wanted, with the credentials of the Pod's identity."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.load_balancers.wanted import HTTPS, Listener, WantedLoadBalancer

if TYPE_CHECKING:
    from botocore.client import BaseClient

# The tags by which subnets say what load balancers they are for.
_ROLE_TAGS = {"internal": "kubernetes.io/role/internal-elb", "internet-facing": "kubernetes.io/role/elb"}
_FEWEST_ZONES = 2
# What AWS answers until a rule says otherwise. Rules and targets are not made: see the module of the controller.
_NOT_FOUND = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}

Connect = Callable[[str], "BaseClient"]
"""Makes a client of an AWS service."""


class AwsRefusedError(Exception):
    """AWS did not do what it was asked; the argument is why."""


@dataclasses.dataclass(frozen=True)
class Standing:
    """A load balancer that exists; ``active`` once it serves."""

    arn: str
    dns_name: str
    active: bool


class LoadBalancers:
    """The load balancers of one cluster in one VPC.

    Args:
        connect: Makes clients.
        cluster: The cluster's name.
        vpc_id: The VPC.
        tags: Put on each, besides the controller's own.
    """

    def __init__(self, connect: Connect, *, cluster: str, vpc_id: str, tags: Mapping[str, str]) -> None:
        self._connect = connect
        self._cluster = cluster
        self._vpc_id = vpc_id
        self._tags = tags
        self._clients: dict[str, BaseClient] = {}

    def ensure(self, wanted: WantedLoadBalancer) -> Standing:
        """Make or change the load balancer.

        Raises:
            AwsRefusedError: AWS refused, or the VPC has no subnets for it.
        """
        for other in self._of_stack(wanted):
            if other["LoadBalancerName"] != wanted.name(self._cluster):
                self._delete(other)
        found = self._find(wanted) or self._create(wanted)
        arn = found["LoadBalancerArn"]
        if set(found.get("SecurityGroups") or ()) != set(wanted.security_groups):
            self._ask("elbv2", "set_security_groups", LoadBalancerArn=arn, SecurityGroups=[*wanted.security_groups])
        attributes = [{"Key": key, "Value": value} for key, value in sorted(wanted.attributes.items())]
        if attributes:
            self._ask("elbv2", "modify_load_balancer_attributes", LoadBalancerArn=arn, Attributes=attributes)
        self._listen(arn, wanted.listeners)
        return Standing(arn, found["DNSName"].lower(), found["State"]["Code"] == "active")

    def remove(self, wanted: WantedLoadBalancer) -> None:
        """Delete what there is for the stack; nothing is fine.

        Raises:
            AwsRefusedError: AWS refused.
        """
        for found in self._of_stack(wanted):
            self._delete(found)

    def _of_stack(self, wanted: WantedLoadBalancer) -> Iterator[Any]:
        """Load balancers that carry the stack's tags: where they come from does not matter, their name may be old."""
        standing = {
            each["LoadBalancerArn"]: each for each in self._ask("elbv2", "describe_load_balancers")["LoadBalancers"]
        }
        if not standing:
            return
        described = self._ask("elbv2", "describe_tags", ResourceArns=[*standing])["TagDescriptions"]
        for each in described:
            carried = {tag["Key"]: tag["Value"] for tag in each["Tags"]}
            if wanted.tags(self._cluster).items() <= carried.items():
                yield standing[each["ResourceArn"]]

    def _find(self, wanted: WantedLoadBalancer) -> Any | None:
        name = wanted.name(self._cluster)
        return next((each for each in self._of_stack(wanted) if each["LoadBalancerName"] == name), None)

    def _create(self, wanted: WantedLoadBalancer) -> Any:
        tags = {**self._tags, **wanted.tags(self._cluster)}
        return self._ask(
            "elbv2",
            "create_load_balancer",
            Name=wanted.name(self._cluster),
            Type="application",
            Scheme=wanted.scheme,
            Subnets=self._subnets(wanted.scheme),
            SecurityGroups=[*wanted.security_groups],
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )["LoadBalancers"][0]

    def _subnets(self, scheme: str) -> list[str]:
        """One subnet a zone, of those tagged for load balancers of the scheme."""
        tag = _ROLE_TAGS[scheme]
        filters = [{"Name": "vpc-id", "Values": [self._vpc_id]}, {"Name": f"tag:{tag}", "Values": ["", "1"]}]
        found = self._ask("ec2", "describe_subnets", Filters=filters)["Subnets"]
        by_zone = {each["AvailabilityZone"]: each["SubnetId"] for each in sorted(found, key=lambda s: s["SubnetId"])}
        if not by_zone:
            raise AwsRefusedError(
                f"couldn't auto-discover subnets: unable to resolve at least one subnet (VPC {self._vpc_id} has none "
                f"tagged {tag})"
            )
        if len(by_zone) < _FEWEST_ZONES:
            raise AwsRefusedError(f"subnets count less than minimal required count: {len(by_zone)} < {_FEWEST_ZONES}")
        return [by_zone[zone] for zone in sorted(by_zone)]

    def _listen(self, arn: str, wanted: tuple[Listener, ...]) -> None:
        present = self._ask("elbv2", "describe_listeners", LoadBalancerArn=arn)["Listeners"]
        by_port = {each["Port"]: each for each in present}
        for listener in wanted:
            if (each := by_port.pop(listener.port, None)) is None:
                self._ask("elbv2", "create_listener", LoadBalancerArn=arn, **_described(listener))
            elif _differs(each, listener):
                self._ask("elbv2", "modify_listener", ListenerArn=each["ListenerArn"], **_described(listener))
        for each in by_port.values():
            self._ask("elbv2", "delete_listener", ListenerArn=each["ListenerArn"])

    def _delete(self, found: Any) -> None:
        self._ask("elbv2", "delete_load_balancer", LoadBalancerArn=found["LoadBalancerArn"])

    def _ask(self, service: str, operation: str, **members: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            if service not in self._clients:
                self._clients[service] = self._connect(service)
            return getattr(self._clients[service], operation)(**members)
        except (BotoCoreError, ClientError) as problem:
            # Credentials that are no longer taken are asked for anew.
            self._clients.clear()
            raise AwsRefusedError(str(problem)) from problem


def _described(listener: Listener) -> dict[str, Any]:
    secure = {}
    if listener.protocol == HTTPS:
        secure = {"Certificates": [{"CertificateArn": listener.certificate}], "SslPolicy": listener.ssl_policy}
    return {"Protocol": listener.protocol, "Port": listener.port, "DefaultActions": [_NOT_FOUND], **secure}


def _differs(present: Any, wanted: Listener) -> bool:
    certificates = [each["CertificateArn"] for each in present.get("Certificates") or ()]
    policy = present.get("SslPolicy") if wanted.protocol == HTTPS else wanted.ssl_policy
    return (present["Protocol"], certificates[:1], policy) != (
        wanted.protocol,
        [wanted.certificate] if wanted.certificate else [],
        wanted.ssl_policy,
    )
