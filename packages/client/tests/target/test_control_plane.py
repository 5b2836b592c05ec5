"""The control plane as a target: placement, exactly one revision, and errors that say what to do."""

from __future__ import annotations

import httpx2
import pytest

from langsmith_client.deploy import Surroundings, Wish, deploy
from langsmith_client.errors import (
    ConflictError,
    OutcomeUnknownError,
    PreflightError,
    ProjectError,
    TargetAccessError,
)
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.proof import Proof
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


def lost_after(request, serve):
    serve()
    raise httpx2.ReadError("reset")


def lost_before(request, serve):
    raise httpx2.ReadError("reset")


def failed_after(request, serve):
    serve()
    return httpx2.Response(502)


FAULTS = {
    "429": lambda request, serve: httpx2.Response(429, headers={"Retry-After": "1"}),
    "500": lambda request, serve: httpx2.Response(500),
    "502 after the work": failed_after,
    "no connection": lambda request, serve: (_ for _ in ()).throw(httpx2.ConnectError("refused")),
    "reset before the work": lost_before,
    "reset after the work": lost_after,
}


@pytest.mark.parametrize("step", range(12))
@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_at_any_request_of_a_deploy_makes_neither_a_failure_nor_a_duplicate(
    connect, plane, reporter, clock, fault, step
):
    plane.fault = lambda request, serve: FAULTS[fault](request, serve) if len(plane.requests) == step + 1 else serve()
    prove = lambda url, revision_id, *, replicas: Proof(True, revision_id)  # noqa: E731
    around = Surroundings(connect(), reporter, prove=prove, clock=clock, sleep=clock.sleep)
    for digest in ("sha256:1", "sha256:2"):
        image = PublishedImage(parse_reference("host.example/agent:1"), digest, reused=False)
        deploy(Wish("greeter"), lambda image=image: image, around)
    (revisions,) = plane.revisions.values()
    assert [each["source_revision_config"]["image_uri"] for each in revisions] == [
        "host.example/agent@sha256:2",
        "host.example/agent@sha256:1",
    ], "one deployment with exactly the two revisions asked for"


def test_someone_elses_revision_after_a_lost_answer_is_a_conflict(connect, plane):
    target = connect()
    create(target)
    existing = target.find("greeter")

    def fault(request, serve):
        if request.method == "POST":
            plane.fault = None
            connect().apply(Change("greeter", "host.example/agent@sha256:theirs", existing))
            raise httpx2.ReadError("reset")
        return serve()

    plane.fault = fault
    with pytest.raises(ConflictError, match="at the same time"):
        target.apply(Change("greeter", "host.example/agent@sha256:ours", existing))


@pytest.mark.parametrize("wanted", [{"environment": {"A": "ours"}}, {"references": (DATABASE,)}, {"references": ()}])
def test_someone_elses_revision_of_the_same_image_is_not_taken_for_our_change_of_the_environment(
    connect, plane, wanted
):
    target = connect()
    create(target, environment={"A": "1"}, references=(SecretReference("CACHE", "cache", "uri"),))
    existing = target.find("greeter")

    def fault(request, serve):
        if request.method == "POST":
            plane.fault = None
            connect().apply(Change("greeter", IMAGE, existing, environment={"A": "theirs"}))
            raise httpx2.ReadError("reset")
        return serve()

    plane.fault = fault
    with pytest.raises(ConflictError, match="at the same time"):
        target.apply(Change("greeter", IMAGE, existing, **wanted))


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


def test_an_outage_after_a_lost_answer_says_that_the_outcome_is_unknown(connect, plane):
    plane.fault = lambda request, serve: (
        lost_after(request, serve) if request.method == "POST" else httpx2.Response(503)
    )
    with pytest.raises(OutcomeUnknownError, match="does not say what became of") as caught:
        create(connect())
    assert caught.value.exit_code == 22, "the same command finds out, as a wait that is resumed does"
    assert len(plane.posts()) == 1, "posting again blindly could deploy twice"


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
