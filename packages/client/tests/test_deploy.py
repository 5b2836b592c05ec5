"""A whole deploy, against a target in memory."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.deploy import Surroundings, Wish, deploy
from langsmith_client.errors import ConflictError, PreflightError, TargetUnavailableError, UnprovenError
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Phase

IMAGE = PublishedImage(parse_reference("127.0.0.1:5000/greeter:1.2.0-0123456789ab"), "sha256:new", reused=False)


@pytest.fixture
def run(target, reporter, clock):
    def start(wish=None, *, image=IMAGE, proof=None):
        asked = []

        def prove(url, revision_id, *, replicas):
            asked.append((url, revision_id))
            return proof or Proof(True, revision_id)

        around = Surroundings(target, reporter, prove=prove, clock=clock, sleep=clock.sleep)
        return deploy(wish or Wish("greeter"), lambda: image, around), asked

    return start


def test_a_first_deploy_goes_by_digest_follows_its_revision_and_asks_the_pods(run, target, reporter):
    target.walk = [Phase.PENDING, Phase.DEPLOYED]
    result, asked = run(Wish("greeter", environment={"A": "1"}, resources={"cpu": 1.0}))
    (change,) = target.changes
    assert change.image == "127.0.0.1:5000/greeter@sha256:new", "a tag could mean something else tomorrow"
    assert change.environment == {"A": "1"}
    assert change.resources is not None
    assert change.resources["cpu"] == 1.0
    assert asked == [("http://agents.example/lgp/greeter", "revision-1")], "the URL is known only once it is deployed"
    assert (result.changed, result.proven, result.image) == (True, True, "greeter:1.2.0-0123456789ab")
    (event,) = reporter.finished
    assert event["event"] == "result"
    assert {"name", "image", "digest", "revision_id", "url", "changed", "seconds", "steps"} <= event.keys()


def test_the_same_again_makes_no_revision_and_is_proven_anew(run, target):
    run()
    result, asked = run()
    assert len(target.changes) == 1
    assert (result.changed, result.revision_id, len(asked)) == (False, "revision-1", 1)


def test_a_run_cut_short_is_picked_up_without_a_second_revision(run, target):
    target.walk = [Phase.PENDING]
    run(Wish("greeter", wait=False))
    target.walk = [Phase.DEPLOYED]
    result, _ = run()
    assert len(target.changes) == 1
    assert result.status == "DEPLOYED"


def test_not_waiting_claims_no_proof(run):
    result, asked = run(Wish("greeter", wait=False))
    assert (result.proven, result.changed, asked) == (False, True, [])


def test_an_unproven_deploy_reports_its_result_and_still_fails(run, reporter):
    with pytest.raises(UnprovenError, match="serves the revision old") as caught:
        run(proof=Proof(False, "old", "http://x serves the revision old."))
    assert caught.value.exit_code == 23
    assert reporter.finished[0]["proven"] is False


def test_an_unproven_deploy_may_be_declared_good_enough_and_still_does_not_claim_proof(run):
    result, _ = run(Wish("greeter", require_proof=False), proof=Proof(False, None, "hidden"))
    assert result.proven is False


@pytest.mark.parametrize("expected", ["revision-0", ""])
def test_a_saved_plan_does_not_apply_to_a_moved_world(run, target, expected):
    run()
    other = dataclasses.replace(IMAGE, digest="sha256:newer")
    with pytest.raises(ConflictError, match=r"now it is revision-1 \(127.0.0.1:5000/greeter@sha256:new") as caught:
        run(Wish("greeter", expected_revision=expected), image=other)
    assert (caught.value.exit_code, len(target.changes)) == (30, 1)


def test_a_saved_plan_applies_to_the_world_it_was_made_for(run, target):
    run(Wish("greeter", expected_revision=""))
    run(Wish("greeter", expected_revision="revision-1"), image=dataclasses.replace(IMAGE, digest="sha256:newer"))
    assert len(target.changes) == 2


def test_a_saved_plan_about_something_that_was_deleted_is_told_so(run):
    with pytest.raises(ConflictError, match="now it is gone"):
        run(Wish("greeter", expected_revision="revision-9"))


def test_not_waiting_leaves_the_command_that_goes_on(run):
    result, _ = run(Wish("greeter", wait=False))
    assert result.resume == "langsmith-client wait greeter revision-1"


@pytest.mark.parametrize("step", ["find", "check", "apply"])
def test_an_outage_before_the_revision_is_waited_out_and_told_once(run, target, reporter, clock, monkeypatch, step):
    outages = [TargetUnavailableError("It answered 502."), TargetUnavailableError("It answered 429.", retry_after=40)]
    real = getattr(target, step)

    def unavailable(*arguments):
        if outages:
            raise outages.pop(0)
        return real(*arguments)

    monkeypatch.setattr(target, step, unavailable)
    result, _ = run()
    assert result.proven
    assert 40 in clock.pauses, "the server's own wish counts"
    assert [text for event, text in reporter.said if event == "outage"] == ["It answered 502. Trying again for 180 s."]


def test_an_outage_that_stays_is_passed_on_before_anything_is_built(target, reporter, clock, monkeypatch):
    def down(name):
        raise TargetUnavailableError("It answered 502.")

    monkeypatch.setattr(target, "find", down)
    with pytest.raises(TargetUnavailableError):
        deploy(Wish("greeter"), pytest.fail, Surroundings(target, reporter, clock=clock, sleep=clock.sleep))
    assert 100 < clock.now <= 180


def test_a_target_that_refuses_is_asked_before_anything_is_built(target, reporter, clock):
    target.refusal = PreflightError("The listener has no namespace 'x'.", "Use another.")

    def never():
        raise AssertionError("the image was published for a deploy that cannot happen")

    with pytest.raises(PreflightError) as caught:
        deploy(Wish("greeter"), never, Surroundings(target, reporter, clock=clock, sleep=clock.sleep))
    assert caught.value.exit_code == 50


def test_an_outage_in_the_middle_costs_patience_and_not_the_deploy(run, target):
    target.walk = [TargetUnavailableError("502"), TargetUnavailableError("502"), Phase.DEPLOYED]
    result, _ = run()
    assert result.proven


def test_the_seconds_of_the_steps_add_up(run, target):
    target.walk = [Phase.PENDING, Phase.PENDING, Phase.DEPLOYED]
    result, _ = run()
    assert result.total == pytest.approx(sum(result.seconds.values()))
    assert list(result.seconds) == ["check", "image", "revision", "wait"]
