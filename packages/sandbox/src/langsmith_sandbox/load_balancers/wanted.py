"""What a load balancer should be: the same few facts, whether a Gateway or an Ingress asks for it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

HTTP, HTTPS = "HTTP", "HTTPS"
# What the AWS API takes when nothing else is asked for.
DEFAULT_SSL_POLICY = "ELBSecurityPolicy-2016-08"


@dataclasses.dataclass(frozen=True, order=True)
class Listener:
    """A port of a load balancer.

    Attributes:
        port: The port.
        protocol: HTTP or HTTPS.
        certificate: ARN of the certificate of an HTTPS one.
        ssl_policy: Name of its TLS policy.
    """

    port: int
    protocol: str
    certificate: str = ""
    ssl_policy: str = ""


@dataclasses.dataclass(frozen=True)
class WantedLoadBalancer:
    """An application load balancer.

    Attributes:
        stack: What it is for, as the controller's tags say it: ``namespace/name``, or the name of an Ingress group.
        tag_prefix: Of the controller's tags, another for each API.
        scheme: ``internal`` or ``internet-facing``.
        security_groups: Ids of the groups it is in.
        attributes: Its attributes.
        listeners: Its listeners.
    """

    stack: str
    tag_prefix: str
    scheme: str
    security_groups: tuple[str, ...]
    attributes: Mapping[str, str]
    listeners: tuple[Listener, ...]

    def tags(self, cluster: str) -> dict[str, str]:
        """The tags by which the controller knows its own."""
        return {
            "elbv2.k8s.aws/cluster": cluster,
            f"{self.tag_prefix}/stack": self.stack,
            f"{self.tag_prefix}/resource": "LoadBalancer",
        }

    def name(self, cluster: str) -> str:
        """At most 32 characters; another scheme is another load balancer, and so another name."""
        namespace, _, name = self.stack.rpartition("/")
        unique = hashlib.sha256(f"{cluster}/{self.tag_prefix}/{self.stack}/{self.scheme}".encode()).hexdigest()
        return "-".join(["k8s", _letters(namespace or name), _letters(name), unique[:10]])


class UnusableError(Exception):
    """Objects ask for a load balancer that cannot be; the argument says why, in the controller's words."""


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalnum())[:8]
