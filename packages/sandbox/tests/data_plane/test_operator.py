"""The operator: what it makes of an LGP, what it says about it, and what it takes away again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from langsmith_sandbox.data_plane.agent_routes import GatewayReference
from langsmith_sandbox.data_plane.errors import ClusterRefusedError, SettingsError
from langsmith_sandbox.data_plane.lgp import LGP_LABEL, REVISION_LABEL, Exposure, lgp_manifest, name_of
from langsmith_sandbox.data_plane.operator import Operator, Settings

EXPOSURE = Exposure("localhost:34567", tls=False)
SETTINGS = Settings(
    namespaces=("agents",),
    ingress=("agents", "dataplane-ingress"),
    gateway=None,
    exposure=EXPOSURE,
    keda=True,
    kubeconfig=Path("unused"),
    address="127.0.0.1",
    port=0,
    deadline_seconds=180,
    poll_seconds=1,
    version="0.1.60",
)


@pytest.fixture
def operator(cluster, clock):
    """An operator over a cluster that has the chart's Ingress."""
    metrics = {"path": "/metrics", "pathType": "Prefix", "backend": {"service": {"name": "o", "port": {"number": 1}}}}
    cluster.apply(
        {
            "kind": "Ingress",
            "metadata": {
                "name": "dataplane-ingress",
                "namespace": "agents",
                "annotations": {"lgp-operator.io/shared-ingress": "true"},
            },
            "spec": {"rules": [{"host": "localhost", "http": {"paths": [metrics]}}]},
        }
    )
    cluster.writes.clear()
    return Operator(cluster, cluster, SETTINGS, clock=clock)


def put_lgp(cluster, work):
    cluster.apply(lgp_manifest(work, work.revision, EXPOSURE))
    return cluster.find("LGP", work.namespace, name_of(work))


def lgp_of(cluster, work):
    return cluster.find("LGP", work.namespace, name_of(work))


def routed_message(lgp):
    return next(each["message"] for each in lgp["status"]["conditions"] if each["type"] == "Routed")


def ready_message(lgp):
    return next(each["message"] for each in lgp["status"]["conditions"] if each["type"] == "Ready")


def agent_paths(cluster):
    ingress = cluster.find("Ingress", "agents", "dataplane-ingress")
    paths = [path["path"] for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
    return [path for path in paths if path.startswith("/lgp/")]


def test_an_lgp_becomes_a_deployment_by_digest_probed_under_its_prefix(cluster, operator, work_of):
    work = work_of()
    lgp = put_lgp(cluster, work)
    operator.round()
    deployment = cluster.find("Deployment", "agents", name_of(work))
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == work.revision.image
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["readinessProbe"]["httpGet"] == {"path": f"/lgp/{name_of(work)}/ok", "port": 8000}
    assert deployment["metadata"]["ownerReferences"][0]["uid"] == lgp["metadata"]["uid"], "it goes with the LGP"
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, "a broken revision takes none down"


def test_pods_carry_their_revision_so_that_troubles_are_told_apart(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    operator.round()
    labels = cluster.find("Deployment", "agents", name_of(work))["spec"]["template"]["metadata"]["labels"]
    assert labels == {LGP_LABEL: name_of(work), REVISION_LABEL: work.revision.id}


def test_users_labels_cannot_take_the_pods_away_from_their_service(cluster, operator, work_of):
    work = work_of(resource_spec={"labels": {LGP_LABEL: "other", "team": "a"}})
    put_lgp(cluster, work)
    operator.round()
    labels = cluster.find("Deployment", "agents", name_of(work))["spec"]["template"]["metadata"]["labels"]
    assert (labels[LGP_LABEL], labels["team"]) == (name_of(work), "a")


def test_the_service_selects_the_agents_pods_on_port_8000(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    operator.round()
    service = cluster.find("Service", "agents", name_of(work))
    assert service["spec"]["selector"] == {LGP_LABEL: name_of(work)}
    assert [port["port"] for port in service["spec"]["ports"]] == [8000]


def test_the_status_turns_ready_with_the_rollout_and_is_not_rewritten_without_news(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    operator.round()
    assert lgp_of(cluster, work)["status"]["deploymentStatus"] == "Progressing"
    cluster.roll_out()
    operator.round()
    lgp = lgp_of(cluster, work)
    assert lgp["status"]["deploymentStatus"] == "Ready"
    assert lgp["status"]["observedGeneration"] == lgp["metadata"]["generation"]
    cluster.writes.clear()
    operator.round()
    assert cluster.writes == [], "a cluster at rest is left at rest"


def test_a_new_specification_is_rolled_out_and_judged_anew(cluster, operator, work_of):
    put_lgp(cluster, work_of())
    operator.round()
    cluster.roll_out()
    operator.round()
    newer = work_of(revision_id="99999999-9999-4999-8999-999999999999", image="r/agent@sha256:new")
    put_lgp(cluster, newer)
    operator.round()
    assert lgp_of(cluster, newer)["status"]["deploymentStatus"] == "Progressing", "the old rollout says nothing of it"
    deployment = cluster.find("Deployment", "agents", name_of(newer))
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "r/agent@sha256:new"


def test_only_pods_of_the_present_revision_can_fail_it(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    operator.round()
    broken = {"containerStatuses": [{"name": "c", "image": "i", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}
    cluster.run_pod({LGP_LABEL: name_of(work), REVISION_LABEL: "an-older-one"}, broken)
    operator.round()
    assert lgp_of(cluster, work)["status"]["deploymentStatus"] == "Progressing"
    cluster.run_pod({LGP_LABEL: name_of(work), REVISION_LABEL: work.revision.id}, broken)
    operator.round()
    assert lgp_of(cluster, work)["status"]["deploymentStatus"] == "Failed"


def test_a_deployment_deleted_by_hand_is_made_again(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    operator.round()
    del cluster.objects["Deployment", "agents", name_of(work)]
    operator.round()
    assert cluster.find("Deployment", "agents", name_of(work)) is not None


def test_agents_get_their_path_in_the_shared_ingress_and_lose_it_with_the_lgp(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    operator.round()
    assert agent_paths(cluster) == [f"/lgp/{name_of(work)}"]
    cluster.delete("LGP", "agents", name_of(work))
    operator.round()
    assert agent_paths(cluster) == [], "no request may reach an agent that is being deleted"


def test_an_ingress_without_the_shared_annotation_is_never_touched(cluster, operator, work_of):
    cluster.objects["Ingress", "agents", "dataplane-ingress"]["metadata"]["annotations"] = {}
    put_lgp(cluster, work_of())
    operator.round()
    assert agent_paths(cluster) == []


def test_an_agent_in_another_namespace_than_the_ingress_is_not_routed_and_told_so(cluster, clock, work_of):
    settings = dataclasses.replace(SETTINGS, ingress=("elsewhere", "dataplane-ingress"))
    work = work_of()
    put_lgp(cluster, work)
    Operator(cluster, cluster, settings, clock=clock).round()
    (routed,) = [each for each in lgp_of(cluster, work)["status"]["conditions"] if each["type"] == "Routed"]
    assert routed["status"] == "False"
    assert "only to Services of its own namespace" in routed["message"]


def test_with_a_gateway_each_agent_gets_a_route_in_its_own_namespace_whichever_that_is(cluster, clock, work_of):
    work = work_of(namespace="more-agents")
    settings = dataclasses.replace(
        SETTINGS, namespaces=("more-agents",), ingress=None, gateway=GatewayReference("entrance", "agents-internal")
    )
    operator = Operator(cluster, cluster, settings, clock=clock)
    put_lgp(cluster, work)
    operator.round()
    route = cluster.find("HTTPRoute", "more-agents", name_of(work))
    assert route["spec"]["parentRefs"] == [{"name": "agents-internal", "namespace": "entrance"}]
    assert route["spec"]["hostnames"] == ["localhost"], "a route's host has no port"
    (rule,) = route["spec"]["rules"]
    assert rule["matches"][0]["path"]["value"] == EXPOSURE.prefix(name_of(work))
    assert route["metadata"]["ownerReferences"][0]["uid"] == lgp_of(cluster, work)["metadata"]["uid"]
    assert "No controller has accepted" in routed_message(lgp_of(cluster, work))


@pytest.mark.parametrize(
    ("reason", "status", "told"),
    [("Accepted", "True", ""), ("NotAllowedByListeners", "False", "does not accept the agent's HTTPRoute (NotAllowed")],
)
def test_an_agent_is_routed_once_the_gateway_takes_its_route_and_told_why_not(
    cluster, clock, work_of, reason, status, told
):
    work = work_of()
    settings = dataclasses.replace(SETTINGS, ingress=None, gateway=GatewayReference("entrance", "agents-internal"))
    operator = Operator(cluster, cluster, settings, clock=clock)
    put_lgp(cluster, work)
    operator.round()
    condition = {"type": "Accepted", "status": status, "reason": reason}
    cluster.objects["HTTPRoute", work.namespace, name_of(work)]["status"] = {"parents": [{"conditions": [condition]}]}
    operator.round()
    message = routed_message(lgp_of(cluster, work))
    assert told in message
    assert bool(message) == bool(told)


def test_names_kedas_autoscaler_cannot_carry_fail_with_the_rule(cluster, clock, operator, work_of):
    work = work_of(name="a" * 21)
    put_lgp(cluster, work)
    operator.round()
    assert lgp_of(cluster, work)["status"]["deploymentStatus"] == "Progressing", "21 characters are allowed"
    long = work_of(name="a" * 22)
    put_lgp(cluster, long)
    operator.round()
    assert "at most 21 characters" in ready_message(lgp_of(cluster, long))
    without_keda = Operator(cluster, cluster, dataclasses.replace(SETTINGS, keda=False), clock=clock)
    without_keda.round()
    assert lgp_of(cluster, long)["status"]["deploymentStatus"] == "Progressing"


def test_what_kubernetes_does_not_accept_fails_the_agent_and_not_the_round(cluster, operator, work_of):
    work = work_of()
    put_lgp(cluster, work)
    cluster.refusals["Deployment"] = ClusterRefusedError(422, "spec.template is invalid")
    operator.round()
    assert "spec.template is invalid" in ready_message(lgp_of(cluster, work))


def test_an_api_server_that_does_not_answer_ends_the_round_to_be_tried_again(cluster, operator, work_of):
    put_lgp(cluster, work_of())
    cluster.refusals["Deployment"] = ClusterRefusedError(503, "unavailable")
    with pytest.raises(ClusterRefusedError):
        operator.round()


@pytest.mark.parametrize(("version", "handed_on"), [("0.1.36", False), ("0.1.55", True), ("0.1.60", True)])
def test_an_old_operator_hands_no_references_to_agents(cluster, clock, work_of, version, handed_on):
    work = work_of(secret_references={"DSN": ("database", "uri")}, secrets={"MODE": "fast"})
    put_lgp(cluster, work)
    Operator(cluster, cluster, dataclasses.replace(SETTINGS, version=version), clock=clock).round()
    deployment = cluster.find("Deployment", "agents", name_of(work))
    variables = {each["name"] for each in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert ("DSN" in variables) is handed_on
    assert "MODE" in variables, "what is in the deployment's own Secret was always handed on"


@pytest.mark.parametrize("kind", ["NetworkPolicy", "PodDisruptionBudget"])
def test_an_operator_that_may_not_watch_what_it_must_does_no_work(cluster, operator, work_of, kind):
    put_lgp(cluster, work_of())
    cluster.refusals[f"list {kind}"] = ClusterRefusedError(403, "forbidden")
    with pytest.raises(ClusterRefusedError):
        operator.round()
    assert "Deployment" not in {kind for kind, _ in cluster.writes}


def test_settings_come_from_the_charts_variables():
    settings = Settings.from_environment(
        {
            "WATCH_NAMESPACES": "agents, more",
            "KUBECONFIG": "/somewhere",
            "LGP_INGRESS_NAME": "i",
            "LGP_INGRESS_NAMESPACE": "agents",
            "KEDA_ENABLED": "true",
            "PORT": "8081",
            "IMAGE_VERSION": "0.1.60",
        }
    )
    assert settings.namespaces == ("agents", "more")
    assert settings.ingress == ("agents", "i")
    assert (settings.keda, settings.port) == (True, 8081)


@pytest.mark.parametrize("missing", ["WATCH_NAMESPACES", "KUBECONFIG"])
def test_settings_name_what_is_missing(missing):
    environment = {"WATCH_NAMESPACES": "agents", "KUBECONFIG": "/somewhere", missing: ""}
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environment(environment)
