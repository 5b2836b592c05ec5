"""Elastic Load Balancing: moto's, whose load balancers take a while, and hold subnets, groups and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.acm.models import acm_backends
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.elbv2.models import FakeLoadBalancer, elbv2_backends
from moto.elbv2.responses import ELBV2Response

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.errors import AwsError

_FEWEST_ZONES = 2


class Elbv2Response(ELBV2Response):
    """Handles one request."""

    def create_load_balancer(self) -> ActionResult:
        if self._get_param("Type") in {None, "application"}:
            self._check_subnets()
        answer = super().create_load_balancer()
        result: Any = answer.result
        (made,) = result["LoadBalancers"]
        made.state = "provisioning"
        interfaces.register(
            self.current_account,
            self.region,
            made.arn,
            [subnet.id for subnet in made.subnets],
            made.security_groups,
            f"ELB app/{made.name}/{made.arn.rpartition('/')[2]}",
        )

        def settle() -> None:
            made.state = "active"

        current().clock.after(current().delays.load_balancer, settle)
        return answer

    def delete_load_balancer(self) -> ActionResult:
        arn, account, region = self._get_param("LoadBalancerArn"), self.current_account, self.region
        answer = super().delete_load_balancer()
        # As in life: the load balancer is gone at once, and its interfaces are in the way for a while.
        current().clock.after(current().delays.load_balancer, lambda: interfaces.release(account, region, arn))
        return answer

    def set_security_groups(self) -> ActionResult:
        answer = super().set_security_groups()
        groups = self._get_param("SecurityGroups")
        interfaces.set_groups(self.current_account, self.region, self._get_param("LoadBalancerArn"), groups)
        return answer

    def create_listener(self) -> ActionResult:
        self._check_certificate()
        return super().create_listener()

    def modify_listener(self) -> ActionResult:
        self._check_certificate()
        return super().modify_listener()

    def _check_subnets(self) -> None:
        ec2 = ec2_backends[self.current_account][self.region]
        subnets = [ec2.get_subnet(each) for each in self._get_param("Subnets") or []]
        if len({subnet.availability_zone for subnet in subnets}) < _FEWEST_ZONES:
            raise AwsError(
                "ValidationError", "At least two subnets in two different Availability Zones must be specified"
            )
        vpc = subnets[0].vpc_id
        attached = any(each.vpc is not None and each.vpc.id == vpc for each in ec2.internet_gateways.values())
        if self._get_param("Scheme") != "internal" and not attached:
            raise AwsError("InvalidSubnet", f"VPC {vpc} has no internet gateway")

    def _check_certificate(self) -> None:
        if self._get_param("Protocol") != "HTTPS":
            return
        given = self._get_param("Certificates") or []
        if not given:
            raise AwsError("ValidationError", "A certificate must be specified for HTTPS listeners")
        arn = given[0]["CertificateArn"]
        certificate = acm_backends[self.current_account][self.region]._certificates.get(arn)  # noqa: SLF001 - no look-up that raises nothing
        if certificate is None:
            raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")
        if certificate.status != "ISSUED":
            raise AwsError(
                "UnsupportedCertificate",
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a "
                "supported key size.",
            )


def users_of(certificate: str, account: str, region: str) -> Iterator[str]:
    """ARNs of the load balancers that listen with a certificate."""
    for balancer in elbv2_backends[account][region].load_balancers.values():
        if any(certificate in listener.certificates for listener in balancer.listeners.values()):
            yield balancer.arn


def adjust_models() -> None:
    """Leaves a load balancer's state to the clock; moto makes it active when somebody looks."""

    def as_it_is(_self: FakeLoadBalancer) -> None:
        """Nothing."""

    FakeLoadBalancer.activate = as_it_is  # type: ignore[method-assign]
