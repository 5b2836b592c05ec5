"""How agents are reached from outside: the part of a stack's configuration that says by whom, where and how."""

from __future__ import annotations

import dataclasses
from typing import Literal

ExposureName = Literal["internal", "public"]
AgentsRouting = Literal["gateway", "ingress"]

_EXPOSURE: ExposureName = "internal"
_AGENTS_ROUTING: AgentsRouting = "gateway"
_AGENTS_HOSTNAME: str | None = None
_AGENTS_TLS = True
_CERTIFICATE_ARN: str | None = None
_HOSTED_ZONE_ID: str | None = None
# The release the controller of the version below is built for, and of its two channels the one whose kinds are final.
_GATEWAY_API_MANIFEST = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.0/standard-install.yaml"
_LOAD_BALANCER_CONTROLLER_CHART_REPOSITORY = "https://aws.github.io/eks-charts"
_LOAD_BALANCER_CONTROLLER_CHART_VERSION = "3.5.0"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exposure:
    """The keys of a stack file that are about the way in.

    Attributes:
        exposure: Whether agents are reached from the VPC and what is connected to it, or from everywhere.
        agents_routing: ``gateway`` for Gateway API, ``ingress`` for an Ingress; an ALB is behind either.
        agents_hostname: DNS name under which agents are reached; without one the health check is off.
        agents_tls: Whether agents' URLs are https; without a hostname they are not.
        certificate_arn: ACM certificate of that name, instead of one of our own.
        hosted_zone_id: Route 53 zone in which the name is recorded, and a certificate of our own proven.
        gateway_api_manifest: Gateway API's definitions, as the ``standard-install.yaml`` of a release.
        load_balancer_controller_chart_repository: Helm repository of ``aws-load-balancer-controller``;
            ``load_balancer_controller_chart_version`` pins it.
    """

    exposure: ExposureName = _EXPOSURE
    agents_routing: AgentsRouting = _AGENTS_ROUTING
    agents_hostname: str | None = _AGENTS_HOSTNAME
    agents_tls: bool = _AGENTS_TLS
    certificate_arn: str | None = _CERTIFICATE_ARN
    hosted_zone_id: str | None = _HOSTED_ZONE_ID
    gateway_api_manifest: str = _GATEWAY_API_MANIFEST
    load_balancer_controller_chart_repository: str = _LOAD_BALANCER_CONTROLLER_CHART_REPOSITORY
    load_balancer_controller_chart_version: str = _LOAD_BALANCER_CONTROLLER_CHART_VERSION

    @property
    def is_secure(self) -> bool:
        """Whether the load balancer has a certificate: only a name can have one."""
        return self.agents_tls and self.agents_hostname is not None

    @property
    def agents_base_url(self) -> str | None:
        """What agents' URLs begin with; None without a name."""
        if self.agents_hostname is None:
            return None
        return f"{'https' if self.agents_tls else 'http'}://{self.agents_hostname}"
