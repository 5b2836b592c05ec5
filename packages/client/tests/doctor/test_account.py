"""What is wrong with settings, key, control plane, listener and the deployment that is there."""

from __future__ import annotations

import httpx2
import pytest

from langsmith_client.doctor.examiner import State
from langsmith_client.environment.record import DeployedVariables, Record, with_record
from langsmith_client.where import Where

ELSEWHERE = "99999999-1b3f-4a2e-9f43-0d8c9f2a7c11"


def deployment(**source_config):
    """An existing deployment of the agent."""
    config = {"listener_id": "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11", **source_config}
    return {
        "id": "d1",
        "name": "greeter",
        "tenant_id": "t",
        "status": "READY",
        "source_config": config,
        "source_revision_config": {},
        "secrets": [],
    }


@pytest.mark.parametrize(
    ("environ", "check", "state", "said"),
    [
        ({"LANGSMITH_API_KEY": ""}, "API key", State.FAIL, "No LangSmith API key"),
        ({"LANGSMITH_API_KEY": "can ary"}, "API key", State.FAIL, "holds a space"),
        ({"LANGSMITH_API_KEY": "lsv2_pt_x"}, "API key", State.OK, "a personal token"),
        ({"LANGSMITH_API_KEY": "x"}, "API key", State.OK, "a key from"),
        ({"LANGGRAPH_HOST_URL": "https://smith.langchain.com"}, "address", State.FAIL, "not a control plane"),
    ],
)
def test_what_is_wrong_with_the_settings_is_found(world, environ, check, state, said):
    world.environ.update(environ)
    finding = world.findings()[check]
    assert (finding.state, said in finding.what) == (state, True), finding
    if state is State.FAIL:
        assert not world.plane.asked, "without settings there is nobody to ask"


def test_a_key_that_cannot_be_sent_is_told_once(world):
    world.environ["LANGSMITH_API_KEY"] = "can ary"
    assert [finding.state for finding in world.examine().findings if finding.check == "API key"] == [State.FAIL]


@pytest.mark.parametrize(
    ("status", "detail", "said"),
    [
        (401, "Invalid API key", "401"),
        (403, "This key requires workspace specification", "workspace specification"),
        (403, "Hybrid is not enabled for this organization", "not enabled"),
        (503, "", "503"),
    ],
)
def test_a_control_plane_that_refuses_is_one_finding_and_stops_what_follows(world, status, detail, said):
    world.plane.refusal = httpx2.Response(status, json={"detail": detail})
    findings = world.findings()
    assert (findings["control plane"].state, said in findings["control plane"].what) == (State.FAIL, True)
    assert not {"listener", "deployment"} & set(findings), "one cause is told once"
    assert findings["repository"].state is State.OK, "the rest is looked at all the same"


@pytest.mark.parametrize(
    ("change", "state", "said"),
    [
        ({"listeners": []}, State.FAIL, "no listener 0b8f"),
        ({"listeners": [], "where": Where()}, State.FAIL, "the workspace has none"),
        ({"where": Where()}, State.OK, "none is named; the workspace has 0b8f"),
        ({"namespaces": ["other"]}, State.FAIL, "no namespace 'agents'"),
        ({"deployments": [deployment()]}, State.OK, "cluster-1"),
        ({"deployments": [deployment(listener_id=ELSEWHERE)]}, State.FAIL, f"is on the listener {ELSEWHERE}"),
        (
            {"deployments": [deployment(listener_config={"k8s_namespace": "old"})], "where": Where()},
            State.FAIL,
            "no namespace 'old'",
        ),
    ],
)
def test_the_listener_must_be_there_and_have_the_namespace(world, change, state, said):
    world.plane.listeners = change.get("listeners", world.plane.listeners)
    world.plane.deployments = change.get("deployments", [])
    world.where = change.get("where", world.where)
    if namespaces := change.get("namespaces"):
        world.plane.listeners = [{**world.plane.listeners[0], "compute_config": {"k8s_namespaces": namespaces}}]
    finding = world.findings()["listener"]
    assert (finding.state, said in finding.what) == (state, True), finding


@pytest.mark.parametrize(("there", "named"), [(["TOKEN"], True), (["TOKEN", "TONE"], False)])
def test_what_another_client_took_away_of_the_environment_is_a_warning(world, there, named):
    resources = with_record({}, Record(DeployedVariables.of({"TOKEN": "canary", "TONE": "warm"})))
    variables = [{"name": name, "value": "canary"} for name in there]
    world.plane.deployments = [{**deployment(resource_spec=resources), "secrets": variables}]
    found = world.findings().get("deployed environment")
    assert (found is not None) is named
    if found:
        assert (found.state, found.what.startswith("TONE was deployed")) == (State.WARN, True)


def test_a_credentials_file_that_others_may_read_is_a_warning(world, tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"profiles": {"default": {"api_key": "lsv2_sk_canary_0123456789"}}}')
    world.environ |= {"LANGSMITH_CONFIG_FILE": str(path), "LANGSMITH_API_KEY": ""}
    path.chmod(0o644)
    assert world.findings()["credentials file"].state is State.WARN
    path.chmod(0o600)
    assert "credentials file" not in world.findings()


def test_a_workspace_from_a_profile_beside_a_key_from_elsewhere_is_a_warning(world, tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"profiles": {"default": {"workspace_id": "w-1"}}}')
    world.environ["LANGSMITH_CONFIG_FILE"] = str(path)
    world.where = Where()
    finding = world.findings()["workspace"]
    assert (finding.state, "w-1" in finding.what) == (State.WARN, True), "the two need not belong together"
