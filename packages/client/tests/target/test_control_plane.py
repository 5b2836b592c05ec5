"""The control plane as a target: placement, what is sent and read back, and errors that say what to do."""

from __future__ import annotations

import httpx2
import pytest

from langsmith_client.errors import (
    ConflictError,
    PreflightError,
    ProjectError,
    TargetAccessError,
)
from langsmith_client.target.control_plane import Place
from langsmith_client.target.protocol import Change, Deployment, Phase, SecretReference

IMAGE = "host.example/agent@sha256:1"
DATABASE = SecretReference("DB_URI", "greeter-db", "uri")


def create(target, image=IMAGE, **options):
    return target.apply(Change("greeter", image, None, **options))


def test_a_new_deployment_goes_to_its_listener_and_namespace(connect, plane):
    target = connect()
    deployment_id, revision = create(target, environment={"A": "1"}, resources={"cpu": 1.0})
    assert plane.deployments[deployment_id]["source_config"]["listener_config"] == {"k8s_namespace": "agents"}
    assert revision.image == IMAGE
    found = target.find("greeter")
    assert found is not None
    assert (found.place, found.environment, found.resources) == (
        {"listener": "listener-1", "namespace": "agents"},
        {"A": "1"},
        {"cpu": 1.0},
    )
    assert "'1'" not in repr(found), "variables are secrets"


def test_a_change_makes_a_revision_by_its_own_call_and_sends_only_what_changes(connect, plane):
    target = connect()
    create(target, environment={"A": "1"})
    target.apply(Change("greeter", "host.example/agent@sha256:2", target.find("greeter")))
    assert plane.bodies[-1] == {"source_revision_config": {"image_uri": "host.example/agent@sha256:2"}}
    assert plane.posts()[-1].endswith("/revisions"), "a PATCH would not say which revision it made"


def test_a_missing_listener_is_named_together_with_those_there_are(connect):
    with pytest.raises(PreflightError, match="no listener 'listener-9'") as caught:
        connect("listener-9").check("greeter", None)
    assert "listener-1 (cluster-1)" in caught.value.remedy


def test_a_listener_id_that_is_none_by_its_form_is_refused_like_one_that_is_not_there(connect, plane):
    problem = {"loc": ["path", "listener_id"], "msg": "Input should be a valid UUID", "type": "uuid_parsing"}
    plane.fault = lambda request, serve: (
        httpx2.Response(422, json={"detail": [problem]}) if request.url.path.endswith("/prod") else serve()
    )
    with pytest.raises(PreflightError, match="no listener 'prod'") as caught:
        connect("prod").check("greeter", None)
    assert caught.value.exit_code == 50
    assert "listener-1 (cluster-1)" in caught.value.remedy


def test_a_fleet_that_goes_to_one_place_costs_one_look_at_it(connect, plane):
    target = connect()
    for name in ("one", "two", "three"):
        target.check(name, None)
    assert plane.requests == ["GET /v2/listeners/listener-1"]


def test_a_namespace_the_listener_does_not_have_is_named_with_those_it_has(connect):
    with pytest.raises(PreflightError, match="no namespace 'other'") as caught:
        connect(namespace="other").check("greeter", None)
    assert "agents" in caught.value.remedy


def test_a_first_deploy_needs_a_place_and_a_later_one_does_not(connect):
    with pytest.raises(PreflightError, match="does not exist yet"):
        connect(None, None).check("greeter", None)
    create(connect())
    connect(None, None).check("greeter", connect().find("greeter"))


def test_a_deployment_cannot_be_moved_by_giving_another_place(connect, plane):
    plane.listeners["listener-1"].append("other")
    create(connect())
    with pytest.raises(PreflightError, match="exists elsewhere: namespace agents"):
        connect(namespace="other").check("greeter", connect().find("greeter"))


def test_half_a_place_is_a_usage_error():
    with pytest.raises(ProjectError, match="go together"):
        Place.of("listener-1", None)


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("DEPLOYED", Phase.DEPLOYED),
        ("DEPLOY_FAILED", Phase.FAILED),
        ("CREATE_FAILED", Phase.FAILED),
        ("BUILD_FAILED", Phase.FAILED),
        ("SKIPPED", Phase.SUPERSEDED),
        ("INTERRUPTED", Phase.INTERRUPTED),
        ("QUEUED", Phase.PENDING),
        ("UNKNOWN", Phase.PENDING),
        ("A_NEWER_SERVERS_WORD", Phase.PENDING),
    ],
)
def test_every_status_means_something_and_an_unknown_one_is_waited_for(connect, plane, status, phase):
    target = connect()
    deployment_id, revision = create(target)
    plane.revisions[deployment_id][0].update(status=status, status_message="because")
    found = target.revision(deployment_id, revision.id)
    assert (found.phase, found.status, found.message) == (phase, status, "because")


def test_a_deployment_is_gone_only_when_its_own_address_says_so(connect):
    target = connect()
    create(target)
    found = target.find("greeter")
    assert not target.gone(found)
    target.delete(found, with_traces=True)
    assert target.gone(found)
    target.delete(found, with_traces=True)  # a second time is no error
    assert target.find("greeter") is None


def test_a_wrong_key_is_an_access_error_without_the_key(connect, plane):
    plane.fault = lambda request, serve: httpx2.Response(401, json={"detail": "Invalid API key."})
    with pytest.raises(TargetAccessError) as caught:
        connect().find("greeter")
    assert caught.value.exit_code == 40
    assert "canary" not in f"{caught.value} {caught.value.__cause__!r}"


def test_a_left_over_tracing_project_is_a_conflict_with_the_servers_words(connect, plane):
    detail = "A tracing project named greeter already exists."
    plane.fault = lambda request, serve: httpx2.Response(409, json={"detail": detail})
    with pytest.raises(ConflictError, match="tracing project") as caught:
        create(connect())
    assert caught.value.exit_code == 30


def test_references_are_sent_read_back_and_cleared(connect):
    target = connect()
    create(target, references=(DATABASE,))
    assert target.find("greeter").references == (DATABASE,)
    target.apply(Change("greeter", IMAGE, target.find("greeter")))
    assert target.find("greeter").references == (DATABASE,), "what is not meant is not sent"
    target.apply(Change("greeter", IMAGE, target.find("greeter"), references=()))
    assert target.find("greeter").references == ()


def test_an_empty_variable_is_not_taken_for_one_that_is_not_returned(connect, plane):
    target = connect()
    deployment_id, _ = create(target, environment={"A": "1"})
    plane.deployments[deployment_id]["secrets"] = [{"name": "EMPTY", "value": ""}, {"name": "HIDDEN"}]
    assert target.find("greeter").environment == {"EMPTY": "", "HIDDEN": None}


def test_a_place_that_is_as_it_should_be_has_no_troubles(connect):
    create(connect())
    target = connect(None, None)
    assert target.troubles(target.find("greeter")) == ()


def test_a_listener_that_lost_the_namespace_or_is_gone_is_a_trouble(connect, plane):
    create(connect())
    target = connect(None, None)
    deployment = target.find("greeter")
    plane.listeners["listener-1"] = ["others"]
    assert target.troubles(deployment) == ("The listener cluster-1 (listener-1) has no namespace 'agents'.",)
    del plane.listeners["listener-1"]
    assert target.troubles(deployment) == ("There is no listener 'listener-1' in this workspace.",)


def test_a_place_the_server_keeps_to_itself_is_not_judged(connect, plane):
    target = connect(None, None)
    assert target.troubles(Deployment("d1", "greeter", {"listener": "listener-1"}, None)) == ()
    assert not plane.requests


def test_the_catalogue_costs_one_request_however_many_deployments_there_are(connect, plane):
    target = connect()
    for name in ("a", "b", "c"):
        target.apply(Change(name, IMAGE, None))
    plane.requests.clear()
    found = target.deployments()
    assert [(each.name, each.newest) for each in found] == [("a", None), ("b", None), ("c", None)]
    assert plane.requests == ["GET /v2/deployments"]
    newest = target.newest(found[0])
    assert newest is not None
    assert newest.image == IMAGE


def test_the_history_is_newest_first_and_no_longer_than_asked(connect):
    target = connect()
    create(target)
    for number in (2, 3):
        target.apply(Change("greeter", f"host.example/agent@sha256:{number}", target.find("greeter")))
    found = target.revisions(target.find("greeter"), limit=2)
    assert [each.image for each in found] == ["host.example/agent@sha256:3", "host.example/agent@sha256:2"]


def test_a_deployment_has_its_web_page(connect):
    target = connect()
    deployment_id, _ = create(target)
    assert target.find("greeter").page == f"http://dashboard.example/o/t/host/deployments/{deployment_id}"


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://agents.example/lgp/x", True),
        ("http://127.0.0.1:8080/lgp/x", True),
        ("http://localhost:8080", True),
        ("http://agents.example/lgp/x", False),
        ("ftp://agents.example", False),
    ],
)
def test_the_key_goes_to_agents_only_where_nobody_can_listen(connect, url, given):
    assert ("X-Api-Key" in connect().agent_headers(url)) is given


@pytest.mark.parametrize("revision_id", ["r1", None])
def test_a_page_of_the_log_is_in_order_of_time_and_leads_into_the_past(connect, plane, revision_id):
    target = connect()
    create(target)
    plane.logs = [{"timestamp": f"2026-11-0{day}", "level": "INFO", "message": str(day)} for day in (1, 2, 3)]
    found = target.find("greeter")
    newest = target.logs(found, revision_id=revision_id, limit=2, level=None, cursor=None)
    assert [line.message for line in newest.lines] == ["2", "3"]
    oldest = target.logs(found, revision_id=revision_id, limit=2, level=None, cursor=newest.next)
    assert ([line.message for line in oldest.lines], oldest.next) == (["1"], None)
