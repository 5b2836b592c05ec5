"""Seeing a revision through, to what its pods say."""

from __future__ import annotations

import pytest

from langsmith_client.errors import (
    AccessExpiredError,
    SmokeFailedError,
    StoppedError,
    TargetAccessError,
    TargetUnavailableError,
    UnprovenError,
)
from langsmith_client.proof import Proof
from langsmith_client.resume import Resume
from langsmith_client.smoke import Question, Smoke
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, Phase, Revision
from langsmith_client.witness import Seen, insist, see_through

OURS = Revision("ours", Phase.PENDING, "CREATING")
DEPLOYED = Revision("ours", Phase.DEPLOYED, "DEPLOYED")
URL = "https://agents.example/lgp/greeter"
ASKED = Question("greeter", {})


@pytest.fixture
def run(target, reporter, clock):
    target.deployment = Deployment("d", "greeter", {}, OURS, url=URL, resources={"max_scale": 3})

    def start(*, prove=None, smoke=None, asked=None, revision=OURS, known=None):
        calls = []

        def proven(url, revision_id, *, replicas):
            calls.append((url, revision_id, replicas))
            return Proof(True, revision_id)

        def ran(url, asked, *, headers):
            calls.append((url, asked, headers))
            return smoke or Smoke(True, {"greeting": "hi"}, seconds=0.1)

        around = Surroundings(
            target,
            reporter,
            prove=prove or proven,
            smoke=ran,
            clock=clock,
            sleep=clock.sleep,
            resume=Resume(("--host-url", "https://eu.example")),
        )
        return see_through("greeter", "d", revision, around, timeout=60, smoke=asked, known=known), calls

    return start


def test_as_many_pods_are_expected_as_the_deployment_may_have(run, target):
    _, calls = run()
    assert calls == [(URL, "ours", 3)]
    target.deployment = Deployment("d", "greeter", {}, OURS, url=URL, resources={"max_scale": 500})
    assert run()[1] == [(URL, "ours", 10)]
    target.deployment = Deployment("d", "greeter", {}, OURS, url=URL, resources={"max_scale": None})
    assert run()[1] == [(URL, "ours", 1)]


def test_a_smoke_test_goes_to_the_same_address_with_what_agents_want_from_callers(run, reporter):
    seen, calls = run(asked=ASKED)
    assert calls[1] == (URL, ASKED, {"X-Api-Key": "agents-key"})
    assert seen.smoke.output == {"greeting": "hi"}
    assert ("smoke", "greeter answered in 0.1 s") in reporter.said


def test_what_a_failing_agent_quotes_of_its_variables_is_not_passed_on(run, target, reporter):
    target.deployment = Deployment("d", "greeter", {}, OURS, url=URL, environment={"KEY": "canary-secret"})
    seen, _ = run(asked=ASKED, smoke=Smoke(False, reason="The graph greeter failed: bad key canary-secret."))
    with pytest.raises(SmokeFailedError) as caught:
        insist("greeter", seen)
    assert "canary-secret" not in f"{caught.value} {reporter.said}"


def test_without_an_address_there_is_no_proof_and_no_smoke(run, target):
    target.deployment = Deployment("d", "greeter", {}, OURS)
    seen, _ = run(
        asked=ASKED, prove=lambda url, revision_id, *, replicas: Proof(False, None, "The deployment has no URL.")
    )
    assert not seen.proof.proven
    assert "URL" in seen.smoke.reason


@pytest.mark.parametrize("where", ["follow", "prove"])
def test_an_interrupt_leaves_the_exact_command_that_goes_on(run, target, where):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    if where == "follow":
        target.revision = interrupt
    with pytest.raises(StoppedError) as caught:
        run(prove=interrupt)
    assert caught.value.exit_code == 130
    assert caught.value.remedy.endswith("langsmith-client wait greeter ours --host-url https://eu.example")


def test_a_deployed_revision_whose_address_nobody_tells_is_unproven_and_nothing_worse(run, target, monkeypatch):
    def down(name):
        raise TargetUnavailableError("The control plane answered 502.")

    monkeypatch.setattr(target, "find", down)
    seen, calls = run()
    assert (seen.revision.phase, seen.url, calls) == (Phase.DEPLOYED, None, [])
    with pytest.raises(UnprovenError, match=r"URL is not known\. The control plane answered 502"):
        insist("greeter", seen)


def test_a_revision_that_is_deployed_already_is_not_looked_up_again(run, target, monkeypatch):
    known = Deployment("d", "greeter", {}, DEPLOYED, url=URL)
    monkeypatch.setattr(target, "find", pytest.fail)
    seen, calls = run(revision=DEPLOYED, known=known)
    assert (seen.url, calls) == (URL, [(URL, "ours", 1)])


def test_a_revision_on_its_way_is_since_its_address_may_be_new(run):
    old = Deployment("d", "greeter", {}, OURS, url="https://agents.example/before")
    assert run(known=old)[0].url == URL


def test_a_key_that_expires_after_the_rollout_is_resumable_too(run, target, monkeypatch):
    def refuse(name):
        raise TargetAccessError("The key has expired.", "Make a new one.")

    monkeypatch.setattr(target, "find", refuse)
    with pytest.raises(AccessExpiredError) as caught:
        run()
    assert caught.value.exit_code == 41
    assert "langsmith-client wait greeter ours" in caught.value.remedy


def test_only_what_the_pods_said_is_enough():
    insist("greeter", Seen(DEPLOYED, URL, Proof(True, "ours")))
    insist("greeter", Seen(DEPLOYED, URL, Proof(True, "ours"), Smoke(True)))
    insist("greeter", Seen(DEPLOYED, URL, Proof(False, None, "hidden")), proof=False)
    with pytest.raises(UnprovenError, match="hidden"):
        insist("greeter", Seen(DEPLOYED, URL, Proof(False, None, "hidden"), Smoke(True)))


def test_a_failed_smoke_test_is_an_error_whatever_is_required_of_the_proof():
    for proof in (True, False):
        with pytest.raises(SmokeFailedError, match="The graph greeter failed") as caught:
            insist(
                "greeter",
                Seen(DEPLOYED, URL, Proof(True, "ours"), Smoke(False, reason="The graph greeter failed.")),
                proof=proof,
            )
    assert caught.value.exit_code == 23
    assert "rollback greeter" in caught.value.remedy
