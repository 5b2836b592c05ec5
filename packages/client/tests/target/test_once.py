"""Exactly one revision, though answers get lost and others deploy at the same time."""

from __future__ import annotations

import httpx2
import pytest

from langsmith_client.errors import (
    AccessExpiredError,
    ConflictError,
    OutcomeUnknownError,
    TargetError,
    TargetUnavailableError,
)
from langsmith_client.target.protocol import Change, Phase, Revision, SecretReference

IMAGE, NEWER, THEIRS = (f"host.example/agent@sha256:{name}" for name in ("1", "2", "theirs"))
DATABASE = SecretReference("DB_URI", "greeter-db", "uri")


def create(target, image=IMAGE, **options):
    return target.apply(Change("greeter", image, None, **options))


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


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_creating_or_revising_makes_exactly_what_was_asked_for(connect, plane, fault):
    def once(request, serve):
        if request.method != "POST":
            return serve()
        plane.fault = None
        return FAULTS[fault](request, serve)

    target = connect()
    for image in (IMAGE, NEWER):
        plane.fault = once
        _, made = target.apply(Change("greeter", image, target.find("greeter")))
        assert made.image == image
    (revisions,) = plane.revisions.values()
    assert [each["source_revision_config"]["image_uri"] for each in revisions] == [NEWER, IMAGE]


def test_someone_elses_revision_after_a_lost_answer_is_a_conflict(connect, plane):
    target = connect()
    create(target)
    existing = target.find("greeter")

    def fault(request, serve):
        if request.method == "POST":
            plane.fault = None
            connect().apply(Change("greeter", THEIRS, existing))
            raise httpx2.ReadError("reset")
        return serve()

    plane.fault = fault
    with pytest.raises(ConflictError, match="at the same time"):
        target.apply(Change("greeter", NEWER, existing))


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


def test_an_outage_after_a_lost_answer_says_that_the_outcome_is_unknown(connect, plane):
    plane.fault = lambda request, serve: (
        lost_after(request, serve) if request.method == "POST" else httpx2.Response(503)
    )
    with pytest.raises(OutcomeUnknownError, match="does not say what became of") as caught:
        create(connect())
    assert caught.value.exit_code == 22, "the same command finds out, as a wait that is resumed does"
    assert len(plane.posts()) == 1, "posting again blindly could deploy twice"


def test_a_key_that_expires_while_the_outcome_is_open_says_both(connect, plane):
    plane.fault = lambda request, serve: (
        lost_after(request, serve)
        if request.method == "POST"
        else httpx2.Response(401, json={"detail": "Invalid API key."})
    )
    with pytest.raises(AccessExpiredError, match=r"401.*finds out whether a revision was made") as caught:
        create(connect())
    assert caught.value.exit_code == 41


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_once_the_revision_is_made_nothing_that_only_reads_can_fail_it(connect, plane, status):
    def fault(request, serve):
        broken = plane.posts() and request.method == "GET"
        return httpx2.Response(status, json={"detail": "no"}) if broken else serve()

    plane.fault = fault
    _, made = create(connect())
    assert made.image == IMAGE


def test_requests_that_never_take_effect_end_in_an_outage_and_not_in_doubt(connect, plane):
    plane.fault = lambda request, serve: lost_before(request, serve) if request.method == "POST" else serve()
    with pytest.raises(TargetUnavailableError, match="none of the requests took effect"):
        create(connect())
    assert plane.deployments == {}


def test_a_revision_that_came_since_the_decision_is_named_before_anything_is_written(connect, plane):
    target = connect()
    create(target)
    seen = target.find("greeter")
    connect().apply(Change("greeter", THEIRS, seen))
    plane.requests.clear()
    with pytest.raises(ConflictError, match=f"{THEIRS}.*while this one was under way"):
        target.apply(Change("greeter", NEWER, seen))
    assert plane.posts() == []


def test_a_revision_that_slips_in_between_look_and_write_is_named_afterwards(connect, plane):
    target = connect()
    create(target)
    seen = target.find("greeter")

    def fault(request, serve):
        if request.method == "POST":
            plane.fault = None
            connect().apply(Change("greeter", THEIRS, seen))
        return serve()

    plane.fault = fault
    with pytest.raises(ConflictError, match=f"{THEIRS}.* came after it and takes over") as caught:
        target.apply(Change("greeter", NEWER, seen))
    assert f"langsmith-client wait greeter {target.find('greeter').newest.id}" in caught.value.remedy


def test_someone_elses_creation_is_a_conflict_that_names_it(connect):
    create(connect(), THEIRS)
    with pytest.raises(ConflictError, match=f"{THEIRS}.*at the same time"):
        create(connect(), NEWER)


def test_an_answer_that_names_no_revision_is_resolved_by_looking(connect, plane):
    plane.forgetful = True
    _, made = create(connect())
    (revisions,) = plane.revisions.values()
    assert made.id == revisions[0]["id"]
    assert len(revisions) == 1


@pytest.fixture
def two(connect):
    """A target, its deployment with two revisions, and the older of them."""
    target = connect()
    create(target, environment={"A": "1"})
    target.apply(Change("greeter", NEWER, target.find("greeter")))
    found = target.find("greeter")
    return target, found, target.revisions(found, limit=2)[1]


def test_going_back_lets_the_control_plane_run_what_it_remembers(two, plane):
    target, found, old = two
    _, made = target.restore(found, old)
    assert made.image == IMAGE
    assert plane.posts()[-1].endswith(f"/revisions/{old.id}/redeploy")
    assert target.find("greeter").newest.id == made.id


@pytest.mark.parametrize("redeploy", ["missing", "idle"])
def test_a_server_that_cannot_or_does_nothing_is_given_the_old_image_anew(two, plane, redeploy):
    target, found, old = two
    plane.redeploy = redeploy
    _, made = target.restore(found, old)
    assert made.image == IMAGE
    assert plane.posts()[-1].endswith("/revisions")
    assert plane.bodies[-1] == {"source_revision_config": {"image_uri": IMAGE}}, "variables stay as they are"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_going_back_makes_one_revision_too(two, plane, fault):
    target, found, old = two

    def once(request, serve):
        if request.method != "POST":
            return serve()
        plane.fault = None
        return FAULTS[fault](request, serve)

    plane.fault = once
    target.restore(found, old)
    assert [each.image for each in target.revisions(found, limit=9)] == [IMAGE, NEWER, IMAGE]


def test_a_revision_that_does_not_say_what_it_ran_cannot_be_gone_back_to(two):
    target, found, _ = two
    with pytest.raises(TargetError, match="does not say which image"):
        target.restore(found, Revision("r0", Phase.DEPLOYED, "DEPLOYED"))
