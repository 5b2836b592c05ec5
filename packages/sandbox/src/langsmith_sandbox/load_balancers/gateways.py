"""Gateway API: which routes attach to a Gateway, what load balancer it wants, and what its status says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from langsmith_sandbox.load_balancers.wanted import (
    DEFAULT_SSL_POLICY,
    HTTPS,
    Listener,
    UnusableError,
    WantedLoadBalancer,
)

Json = dict[str, Any]

CONTROLLER = "gateway.k8s.aws/alb"
FINALIZER = "gateway.k8s.aws/alb"
TAG_PREFIX = "gateway.k8s.aws.alb"
PENDING = "Waiting for load balancer to be active."
SEE_EVENTS = "Check Gateway Events for more information."


@dataclasses.dataclass(frozen=True)
class Attachment:
    """One parent reference of a route, judged.

    Attributes:
        reference: The reference.
        listeners: Names of the listeners that take the route; none if it is refused.
        reason: Why, as Gateway API names it.
    """

    reference: Json
    listeners: tuple[str, ...]
    reason: str


def key_of(item: Json) -> str:
    """``namespace/name``."""
    return f"{item['metadata']['namespace']}/{item['metadata']['name']}"


def attachments(route: Json, gateway: Json, labels: Mapping[str, Mapping[str, str]]) -> list[Attachment]:
    """How a route's references to this Gateway fare.

    Args:
        route: An HTTPRoute.
        gateway: The Gateway.
        labels: Labels of every namespace.
    """
    home = route["metadata"]["namespace"]
    ours = [
        reference
        for reference in route["spec"].get("parentRefs") or ()
        if f"{reference.get('namespace') or home}/{reference['name']}" == key_of(gateway)
    ]
    return [_judge(reference, route, gateway, labels.get(home, {})) for reference in ours]


def _judge(reference: Json, route: Json, gateway: Json, labels: Mapping[str, str]) -> Attachment:
    named = [
        each
        for each in gateway["spec"]["listeners"]
        if reference.get("sectionName") in {None, each["name"]} and reference.get("port") in {None, each["port"]}
    ]
    if not named:
        return Attachment(reference, (), "NoMatchingParent")
    same = route["metadata"]["namespace"] == gateway["metadata"]["namespace"]
    open_to = [each for each in named if _allows(each, labels, same=same)]
    if not open_to:
        return Attachment(reference, (), "NotAllowedByListeners")
    taking = [each["name"] for each in open_to if _share_a_host(each, route)]
    return Attachment(reference, tuple(taking), "Accepted" if taking else "NoMatchingListenerHostname")


def _allows(listener: Json, labels: Mapping[str, str], *, same: bool) -> bool:
    namespaces = (listener.get("allowedRoutes") or {}).get("namespaces") or {}
    who = namespaces.get("from", "Same")
    if who == "Selector":
        return _selects(namespaces.get("selector") or {}, labels)
    return who == "All" or (who == "Same" and same)


def _selects(selector: Json, labels: Mapping[str, str]) -> bool:
    exact = (selector.get("matchLabels") or {}).items() <= labels.items()
    return exact and all(_holds(each, labels) for each in selector.get("matchExpressions") or ())


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    present, values = labels.get(expression["key"]), expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return present in values
        case "NotIn":
            return present not in values
        case "Exists":
            return present is not None
        case _:
            return present is None


def _share_a_host(listener: Json, route: Json) -> bool:
    host, wanted = listener.get("hostname"), route["spec"].get("hostnames")
    return not host or not wanted or any(_covers(host, each) or _covers(each, host) for each in wanted)


def _covers(pattern: str, host: str) -> bool:
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))


def wanted_by(gateway: Json, settings: Json | None, taken: Iterable[str], scheme: str) -> WantedLoadBalancer:
    """The load balancer of a Gateway.

    Args:
        gateway: The Gateway.
        settings: The LoadBalancerConfiguration it names; None when there is none of that name.
        taken: Names of the listeners that took a route: only those listen, as with the controller itself.
        scheme: The scheme of a Gateway that asks for none.

    Raises:
        UnusableError: It names a configuration that is not there, or listens in a way an ALB cannot.
    """
    named = (gateway["spec"].get("infrastructure") or {}).get("parametersRef")
    if named and settings is None:
        raise UnusableError(f"LoadBalancerConfiguration {named['name']} of the Gateway's namespace is not found")
    spec = (settings or {}).get("spec") or {}
    secure = {each["protocolPort"]: each for each in spec.get("listenerConfigurations") or ()}
    used = set(taken)
    listeners = [_listener(each, secure) for each in gateway["spec"]["listeners"] if each["name"] in used]
    return WantedLoadBalancer(
        key_of(gateway),
        TAG_PREFIX,
        spec.get("scheme") or scheme,
        tuple(spec.get("securityGroups") or ()),
        {each["key"]: each["value"] for each in spec.get("loadBalancerAttributes") or ()},
        tuple(sorted(set(listeners))),
    )


def _listener(listener: Json, secure: Mapping[str, Json]) -> Listener:
    protocol, port = listener["protocol"], listener["port"]
    if protocol not in {"HTTP", HTTPS}:
        raise UnusableError(f"listener {listener['name']} speaks {protocol}, which an ALB does not")
    if protocol != HTTPS:
        return Listener(port, protocol)
    chosen = secure.get(f"{protocol}:{port}", {})
    if not chosen.get("defaultCertificate"):
        raise UnusableError(f"no certificate is configured for the listener {protocol}:{port}")
    return Listener(port, protocol, chosen["defaultCertificate"], chosen.get("sslPolicy") or DEFAULT_SSL_POLICY)
