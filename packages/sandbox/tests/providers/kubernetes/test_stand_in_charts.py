"""The stand-in charts, installed from their repository by the provider: a real API server accepts every object."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from langsmith_sandbox import charts_server
from langsmith_sandbox.data_plane import chart_repository

if TYPE_CHECKING:
    from conftest import Engine

    from langsmith_sandbox.providers.kubernetes.cluster import Cluster

RELEASE = "kubernetes:helm.sh/v3:Release"
CRD = ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "")

pytestmark = pytest.mark.usefixtures("helm")


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("charts")
    chart_repository.publish(folder)
    with charts_server.server(folder) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def keda(charts: str, namespace: str) -> dict[str, Any]:
    return {
        "name": "keda",
        "namespace": namespace,
        "chart": "keda",
        "version": "2.19.0",
        "repositoryOpts": {"repo": f"{charts}/kedacore"},
        "skipAwait": True,  # there are no nodes
    }


def data_plane(charts: str, namespace: str, **operator: Any) -> dict[str, Any]:
    return {
        "name": "langgraph-dataplane",
        "namespace": namespace,
        "chart": "langgraph-dataplane",
        "version": "0.2.22",
        "repositoryOpts": {"repo": f"{charts}/langchain"},
        "skipAwait": True,
        "values": {
            "config": {"watchNamespaces": namespace, "existingSecretName": "key"},
            "ingress": {"hostname": "localhost:34567"},
            "operator": operator,
        },
    }


def test_keda_brings_its_kinds_and_takes_them_along(
    engine: Engine, charts: str, cluster: Cluster, namespace: str
) -> None:
    made = engine.create(RELEASE, "keda", keda(charts, namespace))
    assert made.outputs["resourceNames"]["Deployment.apps/apps/v1"] == [f"{namespace}/keda-operator"]
    assert cluster.get(*CRD, "scaledobjects.keda.sh") is not None
    engine.delete(made)
    assert cluster.get("apps/v1", "Deployment", namespace, "keda-operator") is None


def test_the_lgp_kind_outlives_its_release_and_belongs_to_one_release(
    engine: Engine, charts: str, cluster: Cluster, namespace: str
) -> None:
    other = f"{namespace}-b"
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}}, manager="test")
    made = engine.create(RELEASE, "one", data_plane(charts, namespace))
    lgp = {
        "apiVersion": "apps.langchain.ai/v1alpha1",
        "kind": "LGP",
        "metadata": {"name": "hello", "namespace": namespace},
        "spec": {"serverSpec": {"image": "example.com/hello:1"}},
    }
    live = cluster.apply(lgp, manager="test")
    assert live["spec"]["serverSpec"]["queueEnabled"] is True, "the schema fills in the documented default"
    with pytest.raises(grpc.RpcError, match=r"(?s)lgps\.apps\.langchain\.ai.*invalid ownership metadata"):
        engine.create(RELEASE, "two", data_plane(charts, other))
    two = engine.create(RELEASE, "two", data_plane(charts, other, createCRDs=False))
    engine.delete(made)
    assert cluster.get("apps/v1", "Deployment", namespace, "langgraph-dataplane-listener") is None
    assert cluster.get(lgp["apiVersion"], "LGP", namespace, "hello") is not None, "agents outlive the release"
    engine.delete(two)


def test_upgrading_without_restarts_changes_no_pod_template(
    engine: Engine, charts: str, cluster: Cluster, namespace: str
) -> None:
    inputs = data_plane(charts, namespace, createCRDs=False, deployment={"autoRestart": False})
    made = engine.create(RELEASE, "one", inputs)
    before = cluster.get("apps/v1", "Deployment", namespace, "langgraph-dataplane-operator")
    engine.update(made, {**inputs, "description": "again"})
    after = cluster.get("apps/v1", "Deployment", namespace, "langgraph-dataplane-operator")
    assert before is not None
    assert after is not None
    assert after["spec"]["template"] == before["spec"]["template"]


def test_a_wrong_version_or_repository_is_an_error_already_in_the_preview(
    engine: Engine, charts: str, namespace: str
) -> None:
    with pytest.raises(grpc.RpcError, match=r"9\.9\.9"):
        engine.create(RELEASE, "keda", {**keda(charts, namespace), "version": "9.9.9"}, preview=True)
    nowhere = {**keda(charts, namespace), "repositoryOpts": {"repo": "http://127.0.0.1:9"}}
    with pytest.raises(grpc.RpcError, match=r"http://127\.0\.0\.1:9"):
        engine.create(RELEASE, "keda", nowhere, preview=True)
