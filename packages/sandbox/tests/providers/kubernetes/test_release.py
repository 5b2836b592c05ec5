"""Releases run the real helm against a real API server: installed, upgraded, read, repaired, removed."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from langsmith_sandbox.providers import properties
from langsmith_sandbox.providers.kubernetes.cluster import Cluster
from langsmith_sandbox.providers.properties import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Engine, Resource

RELEASE = "kubernetes:helm.sh/v3:Release"
CANARY = "lsv2_pt_0123456789abcdef0123456789abcdef_CANARY"

pytestmark = pytest.mark.usefixtures("helm")


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart with one ConfigMap, and a Deployment that never runs (there are no nodes) when asked for."""
    folder = tmp_path_factory.mktemp("charts") / "probe"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: probe\nversion: 1.2.3\nappVersion: '4.5'\n")
    (folder / "values.yaml").write_text("text: none\ndeploy: false\n")
    (folder / "templates" / "map.yaml").write_text(
        """{{- if eq .Values.text "refuse" }}{{ fail (printf "no: %s" .Values.token) }}{{ end }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-map
data:
  text: {{ .Values.text | quote }}
{{- if .Values.deploy }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-pods
spec:
  selector: {matchLabels: {app: probe}}
  template:
    metadata: {labels: {app: probe}}
    spec:
      containers: [{name: main, image: example.com/none:1}]
{{- end }}
"""
    )
    return folder


@pytest.fixture
def inputs(chart: Path, namespace: str) -> dict[str, Any]:
    return {"chart": str(chart), "name": "probe", "namespace": namespace, "values": {"text": "one"}, "timeout": 60}


@pytest.fixture
def installed(engine: Engine, inputs: dict[str, Any]) -> Resource:
    return engine.create(RELEASE, "probe", inputs)


def text_of(cluster: Cluster, namespace: str) -> str | None:
    live = cluster.get("v1", "ConfigMap", namespace, "probe-map")
    return live["data"]["text"] if live else None


def stored_release(cluster: Cluster, namespace: str, revision: int = 1) -> dict[str, Any]:
    live = cluster.get("v1", "Secret", namespace, f"sh.helm.release.v1.probe.v{revision}")
    assert live is not None
    return live


def mark(cluster: Cluster, namespace: str, status: str, revision: int = 1) -> None:
    """Leave helm's own record of a release as a helm that was killed half way would."""
    secret = stored_release(cluster, namespace, revision)
    record = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
    record["info"]["status"] = status
    packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(record).encode()))).decode()
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": secret["metadata"]["name"],
                "namespace": namespace,
                "labels": {**secret["metadata"]["labels"], "status": status},
            },
            "data": {"release": packed},
        },
        manager="test",
        force=True,
    )


def test_installing_gives_status_and_the_names_of_all_objects(
    installed: Resource, cluster: Cluster, namespace: str
) -> None:
    assert installed.id == f"{namespace}/probe"
    status = installed.outputs["status"]
    assert (status["status"], status["revision"], status["version"]) == ("deployed", 1, "1.2.3")
    assert installed.outputs["resourceNames"] == {"ConfigMap/v1": [f"{namespace}/probe-map"]}
    assert text_of(cluster, namespace) == "one"


def test_changed_values_upgrade_in_place_and_a_new_name_replaces(
    engine: Engine, installed: Resource, inputs: dict[str, Any], cluster: Cluster, namespace: str
) -> None:
    changed = {**inputs, "values": {"text": "two"}}
    assert not engine.diff(installed, changed).replaces
    upgraded = engine.update(installed, changed)
    assert upgraded.outputs["status"]["revision"] == 2
    assert text_of(cluster, namespace) == "two"
    assert engine.diff(installed, {**inputs, "name": "other"}).replaces == ["name"]


def test_the_same_inputs_are_no_change(engine: Engine, installed: Resource, inputs: dict[str, Any]) -> None:
    assert not engine.diff(installed, inputs).detailedDiff


def test_reading_shows_values_that_were_changed_with_helm_itself(
    engine: Engine, installed: Resource, inputs: dict[str, Any]
) -> None:
    engine.update(installed, {**inputs, "values": {"text": "by hand"}})
    seen = engine.read(installed)
    assert seen is not None
    assert seen.inputs["values"] == {"text": "by hand"}
    assert seen.outputs["status"]["revision"] == 2


def test_a_release_that_was_uninstalled_by_hand_reads_as_gone(engine: Engine, installed: Resource) -> None:
    engine.delete(installed)
    assert engine.read(installed) is None
    engine.delete(installed)  # and deleting it once more is no error


def test_uninstalling_removes_every_object(
    engine: Engine, installed: Resource, cluster: Cluster, namespace: str
) -> None:
    engine.delete(installed)
    assert text_of(cluster, namespace) is None


def test_a_name_is_chosen_when_the_program_gives_none(engine: Engine, inputs: dict[str, Any]) -> None:
    del inputs["name"]
    first = engine.checked(RELEASE, "probe", inputs)
    assert first["name"].startswith("probe-")
    assert engine.checked(RELEASE, "probe", inputs, first)["name"] == first["name"], "an existing name stays"


def test_secret_values_stay_secret_in_the_outputs(engine: Engine, inputs: dict[str, Any]) -> None:
    made = engine.create(RELEASE, "probe", {**inputs, "values": {"text": Secret("hidden"), "deploy": False}})
    assert isinstance(made.outputs["values"]["text"], Secret)
    assert made.outputs["values"]["deploy"] is False, "only what was secret is"
    seen = engine.read(made)
    assert seen is not None
    assert "hidden" not in str(seen.outputs)


def test_a_failing_render_names_the_cause_but_no_token(
    engine: Engine, inputs: dict[str, Any], cluster: Cluster, namespace: str
) -> None:
    with pytest.raises(grpc.RpcError, match=r"helm install failed.*no: ") as problem:
        engine.create(RELEASE, "probe", {**inputs, "values": {"text": "refuse", "token": CANARY}})
    assert CANARY not in str(problem.value), "helm quotes values; an error must not"
    assert cluster.get("v1", "Secret", namespace, "sh.helm.release.v1.probe.v1") is None


def test_a_preview_renders_the_chart_without_touching_the_cluster(
    engine: Engine, inputs: dict[str, Any], cluster: Cluster, namespace: str
) -> None:
    foretold = engine.create(RELEASE, "probe", inputs, preview=True)
    assert foretold.outputs["status"] is properties.UNKNOWN
    assert text_of(cluster, namespace) is None
    with pytest.raises(grpc.RpcError, match="helm template failed"):
        engine.create(RELEASE, "probe", {**inputs, "values": {"text": "refuse"}}, preview=True)


def test_a_preview_with_unknown_values_renders_nothing(engine: Engine, inputs: dict[str, Any]) -> None:
    foretold = engine.create(RELEASE, "probe", {**inputs, "values": {"text": properties.UNKNOWN}}, preview=True)
    assert foretold.outputs["values"]["text"] is properties.UNKNOWN


def test_a_release_that_never_becomes_ready_is_kept_as_failed_and_upgraded_next_time(
    engine: Engine, inputs: dict[str, Any]
) -> None:
    with pytest.raises(grpc.RpcError) as problem:
        engine.create(RELEASE, "probe", {**inputs, "values": {"text": "one", "deploy": True}, "timeout": 3})
    assert "status failed" in str(problem.value)
    failed = engine.kept(RELEASE, "probe", problem.value)
    assert failed is not None
    assert failed.outputs["status"]["status"] == "failed"
    assert engine.update(failed, inputs).outputs["status"]["status"] == "deployed"


def test_an_atomic_install_that_fails_leaves_nothing_behind(
    engine: Engine, inputs: dict[str, Any], cluster: Cluster, namespace: str
) -> None:
    never_ready = {**inputs, "values": {"text": "one", "deploy": True}, "timeout": 3, "atomic": True}
    with pytest.raises(grpc.RpcError) as problem:
        engine.create(RELEASE, "probe", never_ready)
    assert engine.kept(RELEASE, "probe", problem.value) is None
    assert cluster.get("v1", "Secret", namespace, "sh.helm.release.v1.probe.v1") is None
    engine.create(RELEASE, "probe", inputs)


def test_an_install_that_was_killed_half_way_does_not_block_the_name(
    engine: Engine, installed: Resource, inputs: dict[str, Any], cluster: Cluster, namespace: str
) -> None:
    mark(cluster, namespace, "pending-install")
    again = engine.create(RELEASE, "probe", inputs)
    assert again.outputs["status"]["status"] == "deployed"


def test_an_upgrade_that_was_killed_half_way_does_not_block_the_next(
    engine: Engine, installed: Resource, inputs: dict[str, Any], cluster: Cluster, namespace: str
) -> None:
    upgraded = engine.update(installed, {**inputs, "values": {"text": "two"}})
    mark(cluster, namespace, "pending-upgrade", revision=2)
    engine.update(upgraded, {**inputs, "values": {"text": "three"}})
    assert text_of(cluster, namespace) == "three"


def test_a_name_in_use_is_an_error_rather_than_a_takeover(
    engine: Engine, installed: Resource, inputs: dict[str, Any]
) -> None:
    with pytest.raises(grpc.RpcError, match="cannot re-use a name that is still in use"):
        engine.create(RELEASE, "probe", inputs)


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("namspace", "x", "namspace"),
        ("repositoryOpts", {"rep": "https://charts.example.com"}, "repositoryOpts.rep"),
        ("repositoryOpts", {"repo": "https://charts.example.com", "password": "p"}, "repositoryOpts.password"),
        ("postrender", "./script", "postrender"),
        ("recreatePods", True, "recreatePods"),
    ],
)
def test_inputs_it_would_have_to_ignore_are_refused(
    engine: Engine, inputs: dict[str, Any], key: str, value: Any, path: str
) -> None:
    answer = engine.check(RELEASE, "probe", {**inputs, key: value})
    assert [failure.property for failure in answer.failures] == [path]


def test_deleting_from_a_cluster_that_is_gone_fails_unless_told_otherwise(
    start_plugin: Callable[[], Engine], unreachable: str, inputs: dict[str, Any]
) -> None:
    engine = start_plugin()
    gone = engine.known(RELEASE, "probe", "ns/probe", inputs)
    engine.configure(kubeconfig=unreachable)
    with pytest.raises(grpc.RpcError, match="configured Kubernetes cluster is unreachable"):
        engine.delete(gone)
    engine.configure(kubeconfig=unreachable, deleteUnreachable=True)
    assert engine.read(gone) is None
    engine.delete(gone)
