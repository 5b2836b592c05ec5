"""Following our own revision to an honest end."""

from __future__ import annotations

import pytest

from langsmith_client.errors import (
    AccessExpiredError,
    DeployFailedError,
    MissingError,
    SupersededError,
    TargetAccessError,
    TargetUnavailableError,
    WaitTimeoutError,
)
from langsmith_client.follow import follow
from langsmith_client.target.protocol import Deployment, Phase, Revision

OURS = Revision("ours", Phase.PENDING, "CREATING")


@pytest.fixture
def run(target, clock):
    def start(*walk, timeout=100.0, statuses=None):
        target.walk = list(walk)
        return follow(
            target,
            "greeter",
            "d",
            OURS,
            on_status=(statuses if statuses is not None else []).append,
            timeout=timeout,
            clock=clock,
            sleep=clock.sleep,
        )

    return start


def test_every_change_of_status_is_heard_once(run):
    statuses: list[str] = []
    assert run(Phase.PENDING, Phase.PENDING, Phase.DEPLOYED, statuses=statuses).phase is Phase.DEPLOYED
    assert statuses == ["CREATING", "PENDING", "DEPLOYED"]


def test_an_outage_of_the_control_plane_does_not_end_the_wait(run, clock):
    outage = [TargetUnavailableError("502")] * 5
    assert run(*outage, TargetUnavailableError("429", retry_after=9), Phase.DEPLOYED).phase is Phase.DEPLOYED
    assert 9 in clock.pauses, "the server's own wish counts"
    assert clock.pauses == sorted(clock.pauses), "pauses grow"


def test_time_running_out_is_told_with_the_command_to_go_on(run, clock):
    with pytest.raises(WaitTimeoutError) as caught:
        run(Phase.PENDING, timeout=30)
    assert caught.value.exit_code == 22
    assert "langsmith-client wait greeter ours" in caught.value.remedy
    assert clock.now == 30, "neither early nor late"


def test_an_outage_that_outlasts_the_wait_is_a_timeout_too(run):
    with pytest.raises(WaitTimeoutError):
        run(TargetUnavailableError("down"), timeout=30)


def test_a_failure_carries_the_servers_message(run, target):
    target.message = "CrashLoopBackOff: no module named greeter"
    with pytest.raises(DeployFailedError, match="no module named greeter") as caught:
        run(Phase.FAILED)
    assert caught.value.exit_code == 20
    assert "still runs" in caught.value.remedy


def test_an_interrupted_revision_is_reported_at_once(run, clock):
    with pytest.raises(DeployFailedError, match="INTERRUPTED"):
        run(Phase.INTERRUPTED)
    assert clock.now < 1


def test_a_superseded_revision_names_its_successor(run, target):
    target.deployment = Deployment("d", "greeter", {}, Revision("theirs", Phase.PENDING, "DEPLOYING"))
    with pytest.raises(SupersededError, match=r"by theirs \(DEPLOYING\)") as caught:
        run(Phase.SUPERSEDED)
    assert caught.value.exit_code == 21


def test_a_key_that_expires_while_waiting_is_told_apart_from_a_wrong_one(run):
    with pytest.raises(AccessExpiredError) as caught:
        run(Phase.PENDING, TargetAccessError("401", "Check the key."))
    assert caught.value.exit_code == 41
    assert "langsmith-client wait greeter ours" in caught.value.remedy


GONE = MissingError("Revision ID ours not found.")


def test_a_revision_that_vanishes_with_its_deployment_was_deleted(run):
    with pytest.raises(DeployFailedError, match="greeter was deleted while revision ours was on its way"):
        run(Phase.PENDING, GONE)


@pytest.mark.parametrize(
    "found", [Deployment("d", "greeter", {}, OURS, deleting=True), Deployment("e", "greeter", {}, OURS)]
)
def test_so_was_one_whose_deployment_is_going_or_another_one_by_now(run, target, found):
    target.deployment = found
    with pytest.raises(DeployFailedError, match="was deleted"):
        run(Phase.PENDING, GONE)


def test_a_revision_that_the_control_plane_has_forgotten_was_superseded(run, target):
    target.deployment = Deployment(
        "d", "greeter", {}, Revision("theirs", Phase.DEPLOYED, "DEPLOYED", "host/a@sha256:9")
    )
    with pytest.raises(SupersededError, match=r"by theirs \(DEPLOYED, image host/a@sha256:9\)"):
        run(Phase.PENDING, GONE)


def test_one_that_is_missing_though_it_is_the_newest_is_looked_for_again(run, target, monkeypatch):
    target.deployment = Deployment("d", "greeter", {}, OURS)
    assert run(Phase.PENDING, GONE, Phase.DEPLOYED).phase is Phase.DEPLOYED

    def down(name):
        raise TargetUnavailableError("502")

    monkeypatch.setattr(target, "find", down)
    assert run(Phase.PENDING, GONE, Phase.DEPLOYED).phase is Phase.DEPLOYED, "nobody can say that it was deleted"
