"""Gateways: what load balancer one gets, who may attach to it, and in which order everything goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.load_balancers.wanted import Listener

if TYPE_CHECKING:
    from conftest import FakeAws, FakeObjects

    from langsmith_sandbox.load_balancers.reconciler import Reconciler

HOME = "entrance"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
AGENTS = {
    "namespaces": {
        "from": "Selector",
        "selector": {
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["agents"]}]
        },
    }
}
SECURE = {"name": "https", "port": 443, "protocol": "HTTPS", "hostname": "agents.example.com", "allowedRoutes": AGENTS}
PLAIN = {"name": "http", "port": 80, "protocol": "HTTP", "hostname": "agents.example.com"}


def put_gateway(objects: FakeObjects, *listeners: Any, **settings: Any) -> None:
    reference = {"group": "gateway.k8s.aws", "kind": "LoadBalancerConfiguration", "name": "settings"}
    spec = {
        "gatewayClassName": "aws-alb",
        "infrastructure": {"parametersRef": reference},
        "listeners": list(listeners or (SECURE, PLAIN)),
    }
    objects.put("Gateway", "agents", spec, HOME)
    secure = {"protocolPort": "HTTPS:443", "defaultCertificate": CERTIFICATE, "sslPolicy": "strict"}
    whole = {"scheme": "internet-facing", "securityGroups": ["sg-1"], "listenerConfigurations": [secure], **settings}
    objects.put("LoadBalancerConfiguration", "settings", whole, HOME)


def put_route(objects: FakeObjects, namespace: str = "agents", **reference: Any) -> None:
    parent = {"name": "agents", "namespace": HOME, **reference}
    objects.put("HTTPRoute", "a", {"parentRefs": [parent], "hostnames": ["agents.example.com"]}, namespace)


def conditions(item: Any) -> dict[str, tuple[str, str]]:
    return {each["type"]: (each["status"], each["reason"]) for each in item["status"]["conditions"]}


def verdict(objects: FakeObjects, namespace: str = "agents") -> str:
    route = objects.get("HTTPRoute", "a", namespace)
    assert route is not None
    (parent,) = route["status"]["parents"]
    return parent["conditions"][0]["reason"]


def test_a_gateway_is_programmed_once_its_load_balancer_serves(objects: FakeObjects, reconciler: Reconciler) -> None:
    put_gateway(objects)
    assert reconciler.round(), "a load balancer in the making is worth another look"
    gateway = objects.get("Gateway", "agents", HOME)
    assert gateway is not None
    assert conditions(gateway)["Programmed"] == ("Unknown", "Pending")
    assert not reconciler.round()
    assert conditions(gateway) == {"Accepted": ("True", "Accepted"), "Programmed": ("True", "Programmed")}
    assert gateway["status"]["addresses"] == [{"type": "Hostname", "value": "internet-facing.elb.amazonaws.com"}]


def test_nothing_is_written_when_nothing_is_new(objects: FakeObjects, reconciler: Reconciler) -> None:
    put_gateway(objects)
    put_route(objects)
    for _ in range(3):
        reconciler.round()
    before = objects.writes
    reconciler.round()
    assert objects.writes == before, "each write would wake the controller up again"


def test_a_listener_listens_when_a_route_came_to_it(objects: FakeObjects, aws: FakeAws, reconciler: Reconciler) -> None:
    put_gateway(objects)
    reconciler.round()
    assert aws.standing[f"{HOME}/agents"].listeners == ()
    put_route(objects)
    reconciler.round()
    wanted = aws.standing[f"{HOME}/agents"]
    assert wanted.listeners == (Listener(443, "HTTPS", CERTIFICATE, "strict"),), "the route may not attach to 80"
    assert (wanted.scheme, wanted.security_groups) == ("internet-facing", ("sg-1",))


@pytest.mark.parametrize(
    ("namespace", "reference", "reason"),
    [
        ("agents", {}, "Accepted"),
        ("strangers", {}, "NotAllowedByListeners"),
        ("agents", {"sectionName": "http"}, "NotAllowedByListeners"),
        ("agents", {"sectionName": "nowhere"}, "NoMatchingParent"),
    ],
)
def test_a_route_attaches_where_its_namespace_may(
    objects: FakeObjects, reconciler: Reconciler, namespace: str, reference: Any, reason: str
) -> None:
    put_gateway(objects)
    put_route(objects, namespace, **reference)
    reconciler.round()
    assert verdict(objects, namespace) == reason


def test_a_route_of_another_name_does_not_attach(objects: FakeObjects, reconciler: Reconciler) -> None:
    put_gateway(objects, {**SECURE, "hostname": "other.example.com"})
    put_route(objects)
    reconciler.round()
    assert verdict(objects) == "NoMatchingListenerHostname"


def test_a_gateway_goes_after_its_load_balancer_and_not_before(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler
) -> None:
    put_gateway(objects)
    reconciler.round()
    objects.delete("Gateway", "agents", HOME)
    aws.refusal = "AccessDenied"
    assert reconciler.round()
    assert objects.get("Gateway", "agents", HOME), "whoever waits for it must not go on yet"
    aws.refusal = ""
    assert not reconciler.round()
    assert not aws.standing
    assert objects.get("Gateway", "agents", HOME) is None


def test_what_aws_refuses_is_told_and_tried_again(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler, told: list[str]
) -> None:
    put_gateway(objects)
    aws.refusal = "couldn't auto-discover subnets"
    assert reconciler.round(), "subnets may be tagged yet"
    gateway = objects.get("Gateway", "agents", HOME)
    assert conditions(gateway)["Accepted"] == ("False", "Invalid")
    assert told == ["Failed deploy model due to couldn't auto-discover subnets"]
    aws.refusal = ""
    reconciler.round()
    assert conditions(gateway)["Accepted"] == ("True", "Accepted")


@pytest.mark.parametrize(
    ("listener", "settings", "why"),
    [
        (SECURE, {"listenerConfigurations": []}, "no certificate is configured"),
        ({"name": "tcp", "port": 5432, "protocol": "TCP", "allowedRoutes": AGENTS}, {}, "which an ALB does not"),
    ],
)
def test_what_no_alb_can_be_is_refused_for_good(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler, told: list[str], listener: Any, settings: Any, why: str
) -> None:
    put_gateway(objects, listener, **settings)
    put_route(objects)
    assert not reconciler.round(), "only another specification helps, and that would be a change"
    assert why in told[0]
    assert not aws.standing


def test_gateways_of_another_controller_are_left_alone(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler
) -> None:
    objects.put("GatewayClass", "aws-alb", {"controllerName": "example.com/gateways"})
    put_gateway(objects)
    assert not reconciler.round()
    assert not aws.standing
    assert "status" not in (objects.get("Gateway", "agents", HOME) or {})
