"""Ingresses: which share a load balancer, what they must agree on, and when each may go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.load_balancers.wanted import Listener

if TYPE_CHECKING:
    from conftest import FakeAws, FakeObjects

    from langsmith_sandbox.load_balancers.reconciler import Reconciler

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"
ANNOTATION = "alb.ingress.kubernetes.io"


@pytest.fixture(autouse=True)
def _shared_class(objects: FakeObjects) -> None:
    """A class whose Ingresses share a load balancer."""
    parameters = {"scheme": "internet-facing", "group": {"name": "agents"}, "certificateArn": [CERTIFICATE]}
    objects.put("IngressClassParams", "agents", parameters)
    reference = {"apiGroup": "elbv2.k8s.aws", "kind": "IngressClassParams", "name": "agents"}
    objects.put("IngressClass", "agents", {"controller": "ingress.k8s.aws/alb", "parameters": reference})


def put_ingress(
    objects: FakeObjects, name: str, namespace: str, ingress_class: str = "agents", **annotations: str
) -> None:
    given = {f"{ANNOTATION}/{key.replace('_', '-')}": value for key, value in annotations.items()}
    objects.put("Ingress", name, {"ingressClassName": ingress_class}, namespace, annotations=given)


def addresses(objects: FakeObjects, name: str, namespace: str) -> list[str]:
    status = (objects.get("Ingress", name, namespace) or {}).get("status", {})
    return [each["hostname"] for each in status.get("loadBalancer", {}).get("ingress", [])]


def test_ingresses_of_a_group_share_a_load_balancer_and_its_address(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler
) -> None:
    put_ingress(
        objects, "ours", "entrance", security_groups="sg-2, sg-1", listen_ports='[{"HTTP": 80}, {"HTTPS": 443}]'
    )
    put_ingress(objects, "charts", "agents")
    assert reconciler.round()
    assert addresses(objects, "ours", "entrance") == [], "an address means that requests are answered"
    assert not reconciler.round()
    (wanted,) = aws.standing.values()
    assert (wanted.stack, wanted.scheme) == ("agents", "internet-facing")
    assert wanted.security_groups == ("sg-1", "sg-2")
    assert [(each.port, each.certificate) for each in wanted.listeners] == [(80, ""), (443, CERTIFICATE)]
    for name, namespace in (("ours", "entrance"), ("charts", "agents")):
        assert addresses(objects, name, namespace) == ["internet-facing.elb.amazonaws.com"]


def test_a_load_balancer_stays_for_the_last_of_its_group(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler
) -> None:
    put_ingress(objects, "ours", "entrance")
    put_ingress(objects, "charts", "agents")
    reconciler.round()
    objects.delete("Ingress", "charts", "agents")
    reconciler.round()
    assert objects.get("Ingress", "charts", "agents") is None
    assert aws.standing
    objects.delete("Ingress", "ours", "entrance")
    assert objects.get("Ingress", "ours", "entrance"), "it stays as long as the load balancer does"
    reconciler.round()
    assert not aws.standing
    assert objects.get("Ingress", "ours", "entrance") is None


def test_an_ingress_in_no_group_has_a_load_balancer_of_its_own_and_the_default_scheme(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler
) -> None:
    put_ingress(objects, "alone", "agents", ingress_class="alb")
    reconciler.round()
    wanted = aws.standing["agents/alone"]
    assert (wanted.scheme, wanted.listeners) == ("internal", (Listener(80, "HTTP"),))


@pytest.mark.parametrize(
    ("annotations", "why"),
    [
        ({"security_groups": "sg-9"}, "conflicting security-groups: sg-1 | sg-9"),
        ({"listen_ports": "80"}, "failed to parse listen-ports of Ingress agents/charts"),
    ],
)
def test_a_group_that_contradicts_itself_gets_nothing_and_is_told_why(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler, told: list[str], annotations: Any, why: str
) -> None:
    put_ingress(objects, "ours", "entrance", security_groups="sg-1")
    put_ingress(objects, "charts", "agents", **annotations)
    assert not reconciler.round()
    assert not aws.standing
    assert all(why in each for each in told)
    assert len(told) == 2, "each of them wants to know"


def test_ingresses_of_another_class_or_none_are_left_alone(
    objects: FakeObjects, aws: FakeAws, reconciler: Reconciler
) -> None:
    objects.put("IngressClass", "nginx", {"controller": "k8s.io/ingress-nginx"})
    put_ingress(objects, "theirs", "agents", ingress_class="nginx")
    objects.put("Ingress", "nobodys", {}, "agents")
    assert not reconciler.round()
    assert not aws.standing
