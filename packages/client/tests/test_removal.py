"""Deleting is over when nothing is left, not when the request was answered."""

from __future__ import annotations

import pytest

from langsmith_client.errors import TargetUnavailableError, WaitTimeoutError
from langsmith_client.removal import remove
from langsmith_client.target.protocol import Deployment


class Leaving:
    """A deployment that takes its time to go."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.deletes: list[bool] = []
        self.outages: list[Exception] = []

    def delete(self, deployment, *, with_traces):
        if self.outages:
            raise self.outages.pop(0)
        self.deletes.append(with_traces)

    def gone(self, deployment):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def run(reporter, clock):
    def start(target, *, deleting=False, timeout=60.0):
        deployment = Deployment("d", "greeter", {}, None, deleting=deleting)
        remove(target, deployment, reporter, with_traces=True, timeout=timeout, clock=clock, sleep=clock.sleep)

    return start


def test_it_waits_until_the_deployment_is_gone_and_through_an_outage(run, clock):
    target = Leaving(False, TargetUnavailableError("502"), False, True)
    run(target)
    assert target.deletes == [True]
    assert len(clock.pauses) == 3


def test_an_outage_when_it_is_asked_for_is_waited_out(run, reporter):
    target = Leaving(True)
    target.outages = [TargetUnavailableError("It answered 502.")]
    run(target)
    assert target.deletes == [True]
    assert [event for event, _ in reporter.said] == ["outage", "delete"]


def test_the_target_decides_how_soon_it_is_asked_again(run, clock):
    run(Leaving(False, TargetUnavailableError("429", retry_after=12), True))
    assert 12 in clock.pauses


def test_a_deletion_under_way_is_not_asked_for_twice(run):
    target = Leaving(True)
    run(target, deleting=True)
    assert target.deletes == []


def test_one_that_never_goes_points_to_the_listener(run, clock):
    with pytest.raises(WaitTimeoutError) as caught:
        run(Leaving(False), timeout=20)
    assert clock.now == 20, "neither early nor late"
    assert "listener" in caught.value.remedy
