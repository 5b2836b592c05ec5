"""The controller's chart gives its program the flags of the real one, and brings the kinds Gateway API lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from langsmith_sandbox.data_plane.chart_repository import SOURCES
from langsmith_sandbox.load_balancers.controller import Settings

if TYPE_CHECKING:
    from conftest import Render

CHART = "aws-load-balancer-controller"
VALUES: dict[str, Any] = {
    "clusterName": "prod",
    "region": "us-east-1",
    "vpcId": "vpc-1",
    "defaultTags": {"owner": "platform"},
    "serviceAccount": {"name": CHART},
}


def test_the_program_takes_what_the_chart_gives_it(render: Render) -> None:
    rendered = render(CHART, VALUES)
    pod = rendered.one("Deployment", f"data-plane-{CHART}")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0"
    settings = Settings.read(container["args"], {"KUBECONFIG": "/pod/kubeconfig"})
    assert (settings.cluster, settings.vpc_id, settings.tags) == ("prod", "vpc-1", {"owner": "platform"})
    assert pod["serviceAccountName"] == rendered.one("ServiceAccount", CHART)["metadata"]["name"]
    assert rendered.one("IngressClass", "alb")["spec"] == {"controller": "ingress.k8s.aws/alb"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Chart cannot be installed without a valid clusterName!"),
        ({**VALUES, "vpcID": "vpc-1"}, "additional properties 'vpcID' not allowed"),
        ({**VALUES, "replicaCount": 2}, "value must be one of 0, 1"),
        ({**VALUES, "defaultTargetType": "pod"}, "value must be one of 'instance', 'ip'"),
    ],
    ids=["no cluster", "a key misspelt", "an election", "another target"],
)
def test_values_that_would_not_work_are_refused(render: Render, values: dict[str, Any], message: str) -> None:
    assert message in render(CHART, values).refusal


def test_the_chart_brings_the_kinds_the_controller_looks_for() -> None:
    definitions = yaml.safe_load_all((SOURCES / CHART / "crds" / "crds.yaml").read_text())
    assert {each["spec"]["names"]["kind"] for each in definitions} == {
        "IngressClassParams",
        "ListenerRuleConfiguration",
        "LoadBalancerConfiguration",
        "TargetGroupConfiguration",
    }
