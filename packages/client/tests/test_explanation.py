"""An error says why, from whatever could be asked, and never worse than before."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from langsmith_client.diagnosis import Cause, Clue, Diagnosis, Source
from langsmith_client.errors import DeployFailedError, TargetError, TargetUnavailableError, WaitTimeoutError
from langsmith_client.explanation import collect, explain, explained, unexplained
from langsmith_client.log_reading import Redactor
from langsmith_client.proof import Proof
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, LogLine, Phase, Revision
from langsmith_client.witness import see_through

NOW = dt.datetime(2026, 11, 2, 12, 10, tzinfo=dt.UTC)
MADE = "2026-11-02T12:00:00Z"
FAILED = Revision("r2", Phase.FAILED, "DEPLOY_FAILED", "h/a@sha256:2", "The container ends with exit code 1.", MADE)
DEPLOYMENT = Deployment("d1", "greeter", {}, FAILED, {"TOKEN": "canary-secret"})


class FakeCluster:
    """Says one thing, and remembers since when it was asked."""

    def __init__(self, text):
        self.text, self.since = text, None

    def clues(self, deployment, since):
        self.since = since
        return (Clue(Source.POD, self.text),)


@pytest.fixture
def witness(target):
    """A target at which the newest revision failed."""
    target.deployment = DEPLOYMENT
    target.revision = lambda deployment_id, revision_id: FAILED
    return target


def evidence(target, revision=FAILED, cluster=None):
    return collect(target, DEPLOYMENT, revision, cluster=cluster, now=NOW)


def test_everything_that_was_said_about_the_revision_is_collected(witness):
    witness.lines = [LogLine(MADE, "ERROR", "Revision is DEPLOY_FAILED.")]
    witness.problems = ("There is no listener 'l1' in this workspace.",)
    cluster = FakeCluster("api-server: CrashLoopBackOff")
    found = evidence(witness, cluster=cluster)
    assert [clue.source for clue in found.clues] == [Source.MESSAGE, Source.LOG, Source.TARGET, Source.POD]
    assert found.waited == 600
    assert cluster.since == dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC), "Pods of earlier revisions say nothing"


def test_no_value_of_a_variable_gets_into_the_evidence(witness):
    witness.lines = [LogLine(MADE, "INFO", "started with canary-secret")]
    leaky = dataclasses.replace(FAILED, message="bad token canary-secret")
    found = evidence(witness, leaky, FakeCluster("api-server: canary-secret"))
    assert len(found.clues) == 3
    assert "canary-secret" not in str(found.clues)


@pytest.mark.parametrize("method", ["logs", "revisions", "troubles"])
def test_what_cannot_be_asked_is_left_out_and_the_rest_still_counts(witness, method):
    def fail(*arguments, **options):
        raise TargetUnavailableError("502")

    setattr(witness, method, fail)
    found = explain(witness, "greeter", "r2", now=lambda: NOW)
    assert found is not None
    assert found.cause is Cause.CRASH


@pytest.mark.parametrize("method", ["find", "revision"])
def test_without_the_revision_itself_there_is_no_explanation_and_no_error(witness, method):
    def fail(*arguments):
        raise TargetError("gone")

    setattr(witness, method, fail)
    assert explain(witness, "greeter", "r2") is None


def test_a_deployment_that_is_gone_is_not_explained(target):
    assert explain(target, "greeter", "r2") is None
    assert unexplained("greeter", "r2") is None


def test_a_revision_behind_one_under_way_waits_for_that_one(witness):
    queued = Revision("r3", Phase.PENDING, "QUEUED", created_at=MADE)
    witness.history = [queued, Revision("r2", Phase.PENDING, "DEPLOYING"), Revision("r1", Phase.DEPLOYED, "DEPLOYED")]
    assert evidence(witness, queued).behind == "r2"
    assert evidence(witness, witness.history[1]).behind is None, "what is behind it does not hold it up"


@pytest.mark.parametrize("created", [None, "yesterday"])
def test_without_a_time_nothing_is_said_about_waiting(witness, created):
    assert evidence(witness, dataclasses.replace(FAILED, created_at=created)).waited is None


PLAIN = Redactor({})


def why(name, revision_id):
    """Always the same cause."""
    return DIAGNOSIS


DIAGNOSIS = Diagnosis(Cause.CRASH, "The agent starts and ends again.", "Correct it.", Clue(Source.POD, "exit code 1"))


def test_a_failed_deploy_says_why_and_what_to_do_and_that_the_old_one_still_runs(reporter):
    error = explained(DeployFailedError("Revision r2 ended as DEPLOY_FAILED.", "Look."), DIAGNOSIS, reporter, PLAIN)
    assert isinstance(error, DeployFailedError)
    assert error.what == "Revision r2 ended as DEPLOY_FAILED. The agent starts and ends again."
    assert error.remedy == "Correct it. What ran before still runs."
    assert reporter.said == [("cause", "exit code 1")], "the line it rests on is shown as well"


def test_a_wait_that_ran_out_keeps_its_exit_code_and_how_to_go_on(reporter):
    silent = dataclasses.replace(DIAGNOSIS, cause=Cause.LISTENER_SILENT, clue=None)
    error = explained(WaitTimeoutError("It was still QUEUED.", "Go on with: wait"), silent, reporter, PLAIN)
    assert error.exit_code == WaitTimeoutError.exit_code
    assert error.remedy == "Correct it. Go on with: wait"
    assert reporter.said == [("cause", DIAGNOSIS.what)]


def test_without_a_diagnosis_the_error_says_what_it_said_but_no_value_of_a_variable(reporter):
    error = explained(
        DeployFailedError("It failed: canary-secret.", "Look."), None, reporter, Redactor({"A": "canary-secret"})
    )
    assert (error.what, error.remedy) == ("It failed: **********.", "Look.")
    assert not reporter.said


def test_a_deploy_that_fails_ends_with_the_explanation(target, reporter, clock):
    target.deployment, target.walk = DEPLOYMENT, [Phase.FAILED]
    asked = []

    def why(name, revision_id):
        asked.append((name, revision_id))
        return DIAGNOSIS

    around = Surroundings(target, reporter, clock=clock, sleep=clock.sleep, explain=why)
    target.message = "bad token canary-secret"
    with pytest.raises(DeployFailedError, match=r"bad token \*+\. The agent starts and ends again"):
        see_through("greeter", "d1", Revision("r2", Phase.PENDING, "QUEUED"), around, timeout=60)
    assert asked == [("greeter", "r2")]


def test_a_wait_that_takes_long_says_once_why_and_goes_on(target, reporter, clock):
    target.deployment = DEPLOYMENT
    target.walk = [Phase.PENDING] * 100 + [Phase.DEPLOYED]
    around = Surroundings(
        target, reporter, lambda url, revision_id, **_: Proof(True, revision_id), clock, clock.sleep, explain=why
    )
    seen = see_through("greeter", "d1", Revision("r2", Phase.PENDING, "QUEUED"), around, timeout=1800)
    assert seen.proof.proven
    assert [text for event, text in reporter.said if event == "cause"] == [
        "The agent starts and ends again. Correct it."
    ]


def test_a_wait_that_ends_in_time_asks_nobody(target, reporter, clock):
    def never(name, revision_id):
        raise AssertionError("nothing was wrong")

    target.deployment = DEPLOYMENT
    target.walk = [Phase.PENDING] * 5 + [Phase.DEPLOYED]
    around = Surroundings(
        target, reporter, lambda url, revision_id, **_: Proof(True, revision_id), clock, clock.sleep, explain=never
    )
    assert see_through("greeter", "d1", Revision("r2", Phase.PENDING, "QUEUED"), around, timeout=1800).proof.proven
