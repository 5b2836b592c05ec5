"""What the agents' load balancer is like, whichever Kubernetes API asks the controller for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi

Scheme = Literal["internal", "internet-facing"]

CONTROLLER_GROUP = "gateway.k8s.aws"
HTTP = 80
HTTPS = 443
# Servers answer here whatever path their agent is mounted under; which of them are ready is for Kubernetes to say, so
# any answer of a server counts, and an agent's own 404 too.
HEALTH_PATH = "/ok"
HEALTHY_CODES = "200-499"
# TLS 1.3, and 1.2 with forward secrecy only.
SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ATTRIBUTES: Mapping[str, str] = {
    # An agent may think for long between two words of an answer; by default a minute ends the connection.
    "idle_timeout.timeout_seconds": "3600",
    "routing.http.drop_invalid_header_fields.enabled": "true",
}


@dataclasses.dataclass(frozen=True)
class LoadBalancerArgs:
    """One load balancer.

    Attributes:
        scheme: Whether it has private addresses only; AWS cannot change that, so another scheme is another one.
        hostname: DNS name it answers for, or None for all.
        certificate_arn: Certificate it listens on 443 with; without one it listens on 80.
        redirect: Whether it sends those who come to 80 on to 443.
        security_group_id: Who may reach it, and whom it may reach.
        namespaces: Namespaces of the agents behind it.
        home: Namespace of its own objects.
    """

    scheme: Scheme
    hostname: str | None
    certificate_arn: pulumi.Input[str] | None
    redirect: bool
    security_group_id: pulumi.Input[str]
    namespaces: Sequence[str]
    home: pulumi.Input[str]


@dataclasses.dataclass(frozen=True)
class Exposed:
    """A load balancer that stands.

    Attributes:
        address: Its DNS name, as AWS gave it.
        chart_values: What makes the data plane's chart route agents through it.
    """

    address: pulumi.Output[str]
    chart_values: Mapping[str, Any]


def attributes() -> list[dict[str, str]]:
    """The attributes, as both APIs spell them."""
    return [{"key": key, "value": value} for key, value in ATTRIBUTES.items()]
