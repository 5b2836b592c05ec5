"""Asking again is bounded, told, and as slow as the server wants it."""

from __future__ import annotations

import pytest

from langsmith_client.errors import TargetError, TargetUnavailableError
from langsmith_client.patience import Patience


@pytest.fixture
def told():
    return []


@pytest.fixture
def ask(clock, told):
    """Asks a question that is answered by each of the given in turn."""

    def start(*answers, limit=100.0):
        turn = iter(answers)

        def question():
            answer = next(turn)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return Patience(told.append, clock, clock.sleep, limit=limit).ask(question)

    return start


def test_a_good_answer_costs_nothing(ask, clock, told):
    assert (ask("here"), clock.pauses, told) == ("here", [], [])


def test_pauses_grow_and_the_reason_is_told_once(ask, clock, told):
    outage = [TargetUnavailableError(f"Failure {number}.") for number in range(6)]
    assert ask(*outage, "here") == "here"
    assert clock.pauses == [1, 2, 4, 8, 15, 15]
    assert told == ["Failure 0. Trying again for 100 s."]


def test_the_server_may_ask_for_more_and_not_for_less(ask, clock):
    ask(TargetUnavailableError("429", retry_after=60), TargetUnavailableError("429", retry_after=0), "here")
    assert clock.pauses == [60, 2]


def test_an_outage_that_lasts_is_passed_on_in_time(ask, clock):
    with pytest.raises(TargetUnavailableError, match="Failure"):
        ask(*[TargetUnavailableError("Failure.")] * 50)
    assert 70 < clock.now <= 100


def test_a_wait_that_would_be_too_long_is_not_begun(ask, clock):
    with pytest.raises(TargetUnavailableError):
        ask(TargetUnavailableError("429", retry_after=3600))
    assert clock.pauses == []


def test_a_refusal_is_an_answer(ask, clock):
    with pytest.raises(TargetError, match="No"):
        ask(TargetError("No."), "never asked")
    assert clock.pauses == []
