"""The KEDA chart brings the CRDs the data plane writes to, and one operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Render


def test_operator_runs_the_pinned_image(render: Render) -> None:
    deployment = render("keda").one("Deployment", "keda-operator")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "ghcr.io/kedacore/keda:2.19.0"
    assert deployment["spec"]["template"]["spec"]["serviceAccountName"] == "keda-operator"


def test_crds_cover_what_keda_brings(render: Render) -> None:
    names = {crd["metadata"]["name"] for crd in render("keda").all("CustomResourceDefinition")}
    assert names == {
        "scaledobjects.keda.sh",
        "scaledjobs.keda.sh",
        "triggerauthentications.keda.sh",
        "clustertriggerauthentications.keda.sh",
        "cloudeventsources.eventing.keda.sh",
        "clustercloudeventsources.eventing.keda.sh",
    }
    assert not render("keda", {"crds": {"install": False}}).all("CustomResourceDefinition")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"replicas": 2}, "additional properties 'replicas' not allowed"),
        ({"metricsServer": {"replicaCount": 2}}, "additional properties 'metricsServer' not allowed"),
        ({"webhooks": {"enabled": True}}, "value must be false"),
        ({"operator": {"replicaCount": "2"}}, "got string, want integer"),
    ],
    ids=["mistyped", "metrics adapter", "webhooks", "wrong type"],
)
def test_values_without_a_counterpart_are_refused(render: Render, values: dict[str, Any], message: str) -> None:
    assert message in render("keda", values).refusal, "accepting it would be a silent success"
