"""The autoscaler's chart gives its program the flags of the real one, and a service account to be bound to a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.autoscaler.settings import parse

if TYPE_CHECKING:
    from conftest import Render

VALUES: dict[str, Any] = {
    "autoDiscovery": {"clusterName": "prod"},
    "fullnameOverride": "cluster-autoscaler",
    "image": {"tag": "v1.35.2"},
    "rbac": {"serviceAccount": {"name": "cluster-autoscaler"}},
    "extraArgs": {"balance-similar-node-groups": True, "expander": "least-waste"},
}


def test_the_program_takes_what_the_chart_gives_it(render: Render) -> None:
    pod = render("cluster-autoscaler", VALUES).one("Deployment", "cluster-autoscaler")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.2"
    assert parse(container["args"]).tags[1] == "k8s.io/cluster-autoscaler/prod"
    assert pod["serviceAccountName"] == "cluster-autoscaler"
    assert render("cluster-autoscaler", VALUES).one("ServiceAccount", "cluster-autoscaler")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "minLength: got 0, want 1"),
        ({**VALUES, "awsAccessKeyID": "AKIA"}, "additional properties 'awsAccessKeyID' not allowed"),
        ({**VALUES, "cloudProvider": "gce"}, "value must be 'aws'"),
        ({**VALUES, "autoscalingGroups": []}, "additional properties 'autoscalingGroups' not allowed"),
    ],
    ids=["no cluster", "a key in values", "another cloud", "groups by name"],
)
def test_values_without_a_counterpart_are_refused(render: Render, values: dict[str, Any], message: str) -> None:
    assert message in render("cluster-autoscaler", values).refusal
