"""Ingress: which Ingresses share a load balancer, and what they want of it together."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from langsmith_sandbox.load_balancers.gateways import key_of
from langsmith_sandbox.load_balancers.wanted import (
    DEFAULT_SSL_POLICY,
    HTTPS,
    Listener,
    UnusableError,
    WantedLoadBalancer,
)

Json = dict[str, Any]

CONTROLLER = "ingress.k8s.aws/alb"
TAG_PREFIX = "ingress.k8s.aws"
_ANNOTATION = "alb.ingress.kubernetes.io"
_ALONE = "ingress.k8s.aws/resources"
_TOGETHER = "group.ingress.k8s.aws"


@dataclasses.dataclass(frozen=True)
class Group:
    """Ingresses of one load balancer.

    Attributes:
        stack: The group's name, or ``namespace/name`` of an Ingress that is in none.
        finalizer: What keeps its members until the load balancer is rid of them.
        parameters: Specification of their class's parameters.
        members: The Ingresses, those on their way out included.
    """

    stack: str
    finalizer: str
    parameters: Json
    members: tuple[Json, ...]

    @property
    def staying(self) -> list[Json]:
        """Members that are not on their way out."""
        return [each for each in self.members if "deletionTimestamp" not in each["metadata"]]


def groups(ingresses: Iterable[Json], classes: Mapping[str, Json], parameters: Mapping[str, Json]) -> list[Group]:
    """All groups of Ingresses whose class is of this controller.

    Args:
        ingresses: Every Ingress.
        classes: Every IngressClass, by name.
        parameters: Every IngressClassParams, by name.
    """
    found: dict[str, Group] = {}
    for ingress in sorted(ingresses, key=key_of):
        chosen = classes.get(ingress["spec"].get("ingressClassName") or "")
        if chosen is None or chosen["spec"].get("controller") != CONTROLLER:
            continue
        reference = chosen["spec"].get("parameters") or {}
        settings = (parameters.get(reference.get("name", "")) or {}).get("spec") or {}
        named = (settings.get("group") or {}).get("name") or _annotation(ingress, "group.name")
        stack, finalizer = (named, f"{_TOGETHER}/{named}") if named else (key_of(ingress), _ALONE)
        before = found[stack].members if stack in found else ()
        found[stack] = Group(stack, finalizer, settings, (*before, ingress))
    return list(found.values())


def wanted_by(group: Group, scheme: str) -> WantedLoadBalancer:
    """The load balancer of a group; ``scheme`` is that of a group that asks for none.

    Raises:
        UnusableError: Its members contradict each other, or an annotation cannot be read.
    """
    settings, staying = group.parameters, group.staying
    attributes = {each["key"]: each["value"] for each in settings.get("loadBalancerAttributes") or ()}
    listeners = {listener for each in staying for listener in _listeners(each, settings)}
    return WantedLoadBalancer(
        group.stack,
        TAG_PREFIX,
        settings.get("scheme") or _only(staying, "scheme") or scheme,
        tuple(sorted(name.strip() for name in _only(staying, "security-groups").split(",") if name.strip())),
        attributes,
        tuple(sorted(listeners)),
    )


def _listeners(ingress: Json, settings: Json) -> Iterable[Listener]:
    certificates = settings.get("certificateArn") or _annotation(ingress, "certificate-arn").split(",")
    certificate = certificates[0] if certificates else ""
    policy = settings.get("sslPolicy") or _annotation(ingress, "ssl-policy") or DEFAULT_SSL_POLICY
    default = '[{"HTTPS": 443}]' if certificate else '[{"HTTP": 80}]'
    try:
        ports = [pair for each in json.loads(_annotation(ingress, "listen-ports") or default) for pair in each.items()]
    except (ValueError, TypeError, AttributeError) as problem:
        raise UnusableError(f"failed to parse listen-ports of Ingress {key_of(ingress)}") from problem
    for protocol, port in ports:
        if protocol == HTTPS and not certificate:
            raise UnusableError(f"no certificate is configured for the listener {protocol}:{port}")
        yield Listener(port, protocol, certificate, policy) if protocol == HTTPS else Listener(port, protocol)


def _only(ingresses: Iterable[Json], name: str) -> str:
    """The value of an annotation that all who set it must agree on."""
    values = sorted({value for each in ingresses if (value := _annotation(each, name))})
    if len(values) > 1:
        raise UnusableError(f"conflicting {name}: {' | '.join(values)}")
    return values[0] if values else ""


def _annotation(ingress: Json, name: str) -> str:
    return (ingress["metadata"].get("annotations") or {}).get(f"{_ANNOTATION}/{name}", "")
