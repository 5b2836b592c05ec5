"""Objects of any kind over gRPC against a real API server: made, changed, looked up, waited for, removed."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from langsmith_sandbox.providers import properties
from langsmith_sandbox.providers.kubernetes import waiting
from langsmith_sandbox.providers.properties import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Engine, Resource

    from langsmith_sandbox.providers.kubernetes.cluster import Cluster

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
JOB = "kubernetes:batch/v1:Job"
NAMESPACE = "kubernetes:core/v1:Namespace"
SECRET = "kubernetes:core/v1:Secret"
STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
POD_SPEC = {"containers": [{"name": "main", "image": "example.com/none:1"}], "restartPolicy": "Never"}


def config_map(namespace: str, **data: str) -> dict[str, Any]:
    return {"metadata": {"name": "settings", "namespace": namespace}, "data": data}


def secret(namespace: str, **texts: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": namespace}, "stringData": texts}


def deployment(namespace: str, **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "namespace": namespace, **metadata},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "example.com/none:1"}]},
            },
        },
    }


def edit(cluster: Cluster, live: dict[str, Any], **fields: Any) -> None:
    """Change an object as somebody else would, taking the fields over."""
    metadata = {key: live["metadata"][key] for key in ("name", "namespace") if key in live["metadata"]}
    body = {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata, **fields}
    cluster.apply(body, manager="somebody", force=True)


# --- check ---


@pytest.mark.parametrize(
    ("inputs", "path", "hint"),
    [
        ({"stringdata": {"a": "b"}}, "stringdata", "did you mean `stringData`?"),
        ({"metadata": {"nmae": "x"}}, "metadata.nmae", "did you mean `name`?"),
        ({"metadata": {"generateName": "x-"}}, "metadata.generateName", "leave out the name"),
    ],
)
def test_a_mistyped_property_fails_the_check_with_a_suggestion(
    engine: Engine, inputs: dict[str, Any], path: str, hint: str
) -> None:
    (failure,) = engine.check(SECRET, "s", inputs).failures
    assert failure.property == path
    assert hint in failure.reason


def test_an_unnamed_object_gets_a_name_that_stays_until_it_is_replaced(engine: Engine) -> None:
    first = engine.checked(CONFIG_MAP, "settings", {"data": {"a": "1"}})
    assert first["metadata"]["name"].startswith("settings-")
    assert engine.checked(CONFIG_MAP, "settings", {"data": {"a": "2"}}, first)["metadata"] == first["metadata"]
    named = engine.checked(CONFIG_MAP, "settings", {"metadata": {"name": "mine"}}, first)
    assert named["metadata"] == {"name": "mine"}, "a name of the program's own is taken as it is"


# --- create ---


def test_creating_makes_the_object_and_reports_it_as_the_server_has_it(
    engine: Engine, cluster: Cluster, namespace: str
) -> None:
    made = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    live = cluster.get("v1", "ConfigMap", namespace, "settings")
    assert made.id == f"{namespace}/settings"
    assert live is not None
    assert made.outputs["metadata"]["uid"] == live["metadata"]["uid"]
    assert "managedFields" not in made.outputs["metadata"], "they change with every look and concern nobody"


def test_a_preview_asks_the_server_and_makes_nothing(engine: Engine, cluster: Cluster, namespace: str) -> None:
    foretold = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"), preview=True)
    assert foretold.outputs["data"] == {"a": "1"}
    assert "uid" not in foretold.outputs["metadata"], "an invented uid must not reach other resources"
    assert cluster.get("v1", "ConfigMap", namespace, "settings") is None
    with pytest.raises(grpc.RpcError, match=r"\(BadRequest\)|\(Invalid\)"):
        engine.create(CONFIG_MAP, "settings", config_map(namespace, **{"not a key!": "1"}), preview=True)


def test_a_preview_passes_over_what_the_same_update_will_bring(engine: Engine) -> None:
    foretold = engine.create(CONFIG_MAP, "settings", config_map("not-there-yet", a="1"), preview=True)
    assert foretold.outputs["data"] == {"a": "1"}
    lgp = {"apiVersion": "apps.example.com/v1", "kind": "Agent", "metadata": {"name": "a"}, "spec": {}}
    assert engine.create("kubernetes:apps.example.com/v1:Agent", "a", lgp, preview=True).outputs["spec"] == {}


def test_a_preview_with_unknown_values_passes_them_on(engine: Engine, namespace: str) -> None:
    foretold = engine.create(CONFIG_MAP, "settings", config_map(namespace, a=properties.UNKNOWN), preview=True)  # pyright: ignore[reportArgumentType]
    assert foretold.outputs["data"]["a"] is properties.UNKNOWN


def test_an_object_that_exists_already_is_not_taken_over(engine: Engine, namespace: str) -> None:
    engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    with pytest.raises(grpc.RpcError, match=f"ConfigMap {namespace}/settings already exists in the cluster"):
        engine.create(CONFIG_MAP, "again", config_map(namespace, a="2"))


# --- secrets ---


def test_contents_of_a_secret_are_secret_though_the_program_did_not_say_so(engine: Engine, namespace: str) -> None:
    made = engine.create(SECRET, "key", secret(namespace, token="canary"))
    assert isinstance(made.inputs["stringData"], Secret)
    assert isinstance(made.outputs["data"], Secret)
    assert base64.b64decode(made.outputs["data"].value["token"]) == b"canary"
    seen = engine.read(made)
    assert seen is not None
    shown = f"{seen.inputs}{seen.outputs}"
    assert "canary" not in shown
    assert base64.b64encode(b"canary").decode() not in shown
    assert properties.reveal(seen.inputs)["stringData"] == {"token": "canary"}


def test_new_secret_data_means_a_new_secret_under_a_new_name(engine: Engine, namespace: str) -> None:
    made = engine.create(SECRET, "key", {**secret(namespace, token="one"), "immutable": True})
    answer = engine.diff(made, {**secret(namespace, token="two"), "immutable": True})
    assert list(answer.replaces) == ["stringData.token"]
    assert not answer.deleteBeforeReplace, "what reads the old one must keep running until it knows the new name"


def test_secrets_may_be_changed_in_place_when_the_provider_is_told_so(
    start_plugin: Callable[[], Engine], api_server: Any, namespace: str
) -> None:
    engine = start_plugin()
    engine.configure(kubeconfig=api_server.read_text(), enableSecretMutable=True)
    made = engine.create(SECRET, "key", secret(namespace, token="one"))
    changed = secret(namespace, token="two")
    assert not engine.diff(made, changed).replaces
    assert properties.reveal(engine.update(made, changed).outputs)["data"]["token"] == base64.b64encode(b"two").decode()


# --- diff and update ---


def test_the_same_inputs_are_no_change(engine: Engine, namespace: str) -> None:
    inputs = deployment(namespace, annotations={"pulumi.com/skipAwait": "true"})
    made = engine.create(DEPLOYMENT, "web", inputs)
    assert not engine.diff(made, inputs).detailedDiff


def test_labels_are_changed_in_place_and_removed_again(engine: Engine, cluster: Cluster, namespace: str) -> None:
    made = engine.create(
        NAMESPACE, "ns", {"metadata": {"name": f"{namespace}-b", "labels": {"team": "a", "tier": "x"}}}
    )
    changed = {"metadata": {"name": f"{namespace}-b", "labels": {"team": "b"}}}
    answer = engine.diff(made, changed)
    assert set(answer.detailedDiff) == {"metadata.labels.team", "metadata.labels.tier"}
    assert not answer.replaces
    engine.update(made, changed)
    live = cluster.get("v1", "Namespace", "", f"{namespace}-b")
    assert live is not None
    assert live["metadata"]["labels"].get("team") == "b"
    assert "tier" not in live["metadata"]["labels"], "a field that left the program leaves the object"


def test_another_name_or_namespace_means_another_object(engine: Engine, namespace: str) -> None:
    made = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    renamed = {"metadata": {"name": "other", "namespace": namespace}, "data": {"a": "1"}}
    answer = engine.diff(made, renamed)
    assert list(answer.replaces) == ["metadata.name"]
    assert not answer.deleteBeforeReplace, "two names can be there at once"


def test_a_fixed_name_is_freed_before_it_is_used_again(engine: Engine, namespace: str) -> None:
    made = engine.create(
        STORAGE_CLASS, "gp3", {"metadata": {"name": f"{namespace}-gp3"}, "provisioner": "ebs.csi.aws.com"}
    )
    changed = {"metadata": {"name": f"{namespace}-gp3"}, "provisioner": "other.example.com"}
    answer = engine.diff(made, changed)
    assert list(answer.replaces) == ["provisioner"]
    assert answer.deleteBeforeReplace
    engine.delete(made)


def test_fields_of_another_manager_are_a_conflict_that_names_it(
    engine: Engine, cluster: Cluster, namespace: str
) -> None:
    made = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    edit(cluster, made.outputs, data={"a": "2"})
    with pytest.raises(grpc.RpcError, match=r'conflict with "somebody".*\.data\.a.*patchForce'):
        engine.update(made, config_map(namespace, a="3"))
    forced = config_map(namespace, a="3")
    forced["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    assert engine.update(made, forced).outputs["data"] == {"a": "3"}


def test_a_preview_of_an_update_changes_nothing(engine: Engine, cluster: Cluster, namespace: str) -> None:
    made = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    assert engine.update(made, config_map(namespace, a="2"), preview=True).outputs["data"] == {"a": "2"}
    live = cluster.get("v1", "ConfigMap", namespace, "settings")
    assert live is not None
    assert live["data"] == {"a": "1"}


# --- read ---


def test_reading_shows_what_was_changed_outside(engine: Engine, cluster: Cluster, namespace: str) -> None:
    made = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    edit(cluster, made.outputs, data={"a": "by hand", "b": "not ours"})
    seen = engine.read(made)
    assert seen is not None
    assert seen.inputs["data"] == {"a": "by hand"}, "only fields of the program can drift"
    assert seen.outputs["data"] == {"a": "by hand", "b": "not ours"}


def test_spelling_that_the_server_changes_is_no_drift(engine: Engine, namespace: str) -> None:
    inputs = deployment(namespace, annotations={"pulumi.com/skipAwait": "true"})
    inputs["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1000m"}}
    made = engine.create(DEPLOYMENT, "web", inputs)
    seen = engine.read(made)
    assert seen is not None
    assert seen.inputs["spec"] == made.inputs["spec"]


def test_an_object_that_was_deleted_by_hand_reads_as_gone(engine: Engine, cluster: Cluster, namespace: str) -> None:
    made = engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))
    cluster.delete("v1", "ConfigMap", namespace, "settings")
    waiting.until_gone(cluster, made.outputs, timeout=30, patience=waiting.Patience())
    assert engine.read(made) is None
    engine.delete(made)  # deleting what is gone is done


def test_importing_gives_inputs_without_what_the_server_adds(engine: Engine, cluster: Cluster, namespace: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", **config_map(namespace, a="1")}
    cluster.apply(body, manager="somebody")
    seen = engine.read(engine.known(CONFIG_MAP, "settings", f"{namespace}/settings", {}))
    assert seen is not None
    assert seen.inputs == body


# --- waiting ---


def test_a_rollout_that_does_not_come_is_kept_and_says_what_its_pods_wait_for(engine: Engine, namespace: str) -> None:
    with pytest.raises(grpc.RpcError, match=f"Deployment {namespace}/web is not ready") as problem:
        engine.create(DEPLOYMENT, "web", deployment(namespace), timeout=3)
    assert "waits for a node" in str(problem.value), "there are no nodes here"
    kept = engine.kept(DEPLOYMENT, "web", problem.value)
    assert kept is not None
    assert kept.id == f"{namespace}/web", "the Deployment exists: forgetting it would orphan it"


def test_a_deployment_without_replicas_is_ready_at_once(engine: Engine, namespace: str) -> None:
    inputs = deployment(namespace)
    inputs["spec"]["replicas"] = 0
    assert engine.create(DEPLOYMENT, "web", inputs).id == f"{namespace}/web"


def test_a_job_is_waited_for_unless_an_annotation_says_not_to(engine: Engine, namespace: str) -> None:
    job = {"metadata": {"name": "migrate", "namespace": namespace}, "spec": {"template": {"spec": POD_SPEC}}}
    job["metadata"]["annotations"] = {"pulumi.com/timeoutSeconds": "1"}
    with pytest.raises(grpc.RpcError, match="it has not completed"):
        engine.create(JOB, "migrate", job)
    other = {**job, "metadata": {**job["metadata"], "name": "b", "annotations": {"pulumi.com/skipAwait": "true"}}}
    made = engine.create(JOB, "b", other)
    changed = {**other, "spec": {"template": {"spec": {**POD_SPEC, "terminationGracePeriodSeconds": 5}}}}
    assert list(engine.diff(made, changed).replaces) == ["spec.template.spec.terminationGracePeriodSeconds"]


# --- delete ---


def test_deleting_waits_until_the_object_and_what_it_owns_are_gone(
    engine: Engine, cluster: Cluster, namespace: str
) -> None:
    inputs = deployment(namespace, annotations={"pulumi.com/skipAwait": "true"})
    inputs["spec"]["replicas"] = 0
    made = engine.create(DEPLOYMENT, "web", inputs)
    engine.delete(made)
    assert cluster.get("apps/v1", "Deployment", namespace, "web") is None
    assert cluster.list("apps/v1", "ReplicaSet", namespace) == []


def test_a_finalizer_that_nobody_serves_is_named_when_the_time_is_up(
    engine: Engine, cluster: Cluster, namespace: str
) -> None:
    held = config_map(namespace, a="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    made = engine.create(CONFIG_MAP, "settings", held)
    with pytest.raises(
        grpc.RpcError, match=r"still exists 1 s after it was deleted; its finalizers are example\.com/hold"
    ):
        engine.delete(made, timeout=1)
    released = config_map(namespace, a="1")
    engine.update(made, released)
    engine.delete(made)
    assert cluster.get("v1", "ConfigMap", namespace, "settings") is None


@pytest.fixture
def made(engine: Engine, namespace: str) -> Resource:
    return engine.create(CONFIG_MAP, "settings", config_map(namespace, a="1"))


def test_a_cluster_that_is_gone_is_an_error_unless_told_to_forget_its_objects(
    start_plugin: Callable[[], Engine], unreachable: str, made: Resource
) -> None:
    engine = start_plugin()
    engine.configure(kubeconfig=unreachable)
    with pytest.raises(grpc.RpcError, match=r"configured Kubernetes cluster is unreachable: http://127\.0\.0\.1:9"):
        engine.delete(made)
    with pytest.raises(grpc.RpcError, match="PULUMI_K8S_DELETE_UNREACHABLE=true"):
        engine.read(made)
    engine.configure(kubeconfig=unreachable, deleteUnreachable=True)
    assert engine.read(made) is None
    engine.delete(made)


def test_a_preview_without_a_reachable_cluster_still_foretells(
    start_plugin: Callable[[], Engine], unreachable: str
) -> None:
    engine = start_plugin()
    for kubeconfig in (unreachable, properties.UNKNOWN):
        engine.configure(kubeconfig=kubeconfig)
        foretold = engine.create(CONFIG_MAP, "settings", config_map("any", a="1"), preview=True)
        assert foretold.outputs["data"] == {"a": "1"}


@pytest.mark.parametrize(
    "token",
    ["kubernetes:yaml/v2:ConfigFile", "kubernetes:helm.sh/v4:Chart", "kubernetes:core/v1:ConfigMapPatch"],
)
def test_what_only_the_official_plugin_can_do_is_refused_by_name(engine: Engine, token: str) -> None:
    with pytest.raises(grpc.RpcError, match=f"{token} is not supported by the stand-in"):
        engine.check(token, "x", {})


# --- custom resources: last, since the garbage collector pauses for half a minute when a CRD comes or goes ---


def test_a_field_the_server_does_not_know_is_an_error_not_a_warning(
    engine: Engine, cluster: Cluster, namespace: str
) -> None:
    crd = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Agent", "plural": "agents", "singular": "agent", "listKind": "AgentList"}
    spec = {"group": "test.example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    made = engine.create(crd, "crd", {"metadata": {"name": "agents.test.example.com"}, "spec": spec})
    token, metadata = "kubernetes:test.example.com/v1:Agent", {"name": "a", "namespace": namespace}
    with pytest.raises(grpc.RpcError, match="siez"):
        engine.create(token, "a", {"metadata": metadata, "spec": {"siez": 3}})
    agent = engine.create(token, "a", {"metadata": metadata, "spec": {"size": 3}})
    assert agent.outputs["spec"] == {"size": 3}, "the kind is usable as soon as its CRD counts as created"
    engine.delete(made)
    assert engine.read(agent) is None, "a kind that is gone has no objects"
