"""Proof comes from the pods themselves."""

from __future__ import annotations

import itertools

import httpx2
import pytest

from langsmith_client.proof import answers_needed, ask, prove

URL = "http://agents.example/lgp/greeter/"


class Agent:
    """Serves the revisions in turn, the last for ever; an exception is raised, a response sent as it is."""

    def __init__(self, *answers, ok=(200,)):
        self.turn = itertools.chain(answers, itertools.repeat(answers[-1]))
        self.health = itertools.chain(ok, itertools.repeat(ok[-1]))
        self.asked = []

    def __call__(self, request):
        self.asked.append(request.url.path)
        if request.url.path == "/lgp/greeter/ok":
            return httpx2.Response(next(self.health), json={"ok": True})
        assert request.url.path == "/lgp/greeter/info", "the mount prefix is part of the URL"
        answer = next(self.turn)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            return answer
        return httpx2.Response(200, json={"host": {"host_revision_id": answer, "revision_id": "not this one"}})


@pytest.fixture
def run(clock):
    def start(agent, url=URL, timeout=60.0, **options):
        return prove(
            url,
            "ours",
            transport=httpx2.MockTransport(agent),
            timeout=timeout,
            clock=clock,
            sleep=clock.sleep,
            **options,
        )

    return start


def test_enough_answers_in_a_row_and_then_the_health_are_proof(run, clock):
    agent = Agent("ours")
    assert run(agent).proven
    assert agent.asked == ["/lgp/greeter/info"] * 7 + ["/lgp/greeter/ok"]
    assert clock.pauses == [], "good answers are not waited for"


def test_a_replica_of_the_old_revision_starts_the_count_again(run, clock):
    agent = Agent(*["ours"] * 6, "old", "ours", "old", "ours")
    assert run(agent).proven
    assert agent.asked.count("/lgp/greeter/info") == 9 + 7
    assert clock.pauses == [1.0, 1.0], "another revision's pod is given a second to go"


@pytest.mark.parametrize(("replicas", "answers"), [(0, 7), (1, 7), (2, 12), (3, 17), (10, 49), (100, 60)])
def test_the_more_pods_may_answer_the_more_answers_it_takes(run, replicas, answers):
    assert answers_needed(replicas) == answers
    pods = max(1, replicas) + 1
    if answers < 60:
        assert (1 - 1 / pods) ** answers <= 0.01, "one old pod among them would have been met, 99 times of 100"
    agent = Agent("ours")
    assert run(agent, replicas=replicas).proven
    assert agent.asked.count("/lgp/greeter/info") == answers


def test_an_old_revision_that_stays_is_no_proof_and_is_named(run, clock):
    found = run(Agent("old"))
    assert (found.proven, found.served) == (False, "old")
    assert "serves the revision old" in found.reason
    assert 60 <= clock.now <= 61


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached from here"),
        (httpx2.Response(503), "/info answered 503"),
        (httpx2.Response(200, text="<html>"), "not that of an Agent Server"),
        (httpx2.Response(200, json={"host": None}), "not that of an Agent Server"),
        (httpx2.Response(200, json=[]), "not that of an Agent Server"),
    ],
)
def test_an_answer_that_proves_nothing_yet_is_asked_for_until_the_time_is_over(run, clock, answer, reason):
    found = run(Agent(answer))
    assert not found.proven
    assert reason in found.reason
    assert clock.now >= 60


def test_an_ingress_that_does_not_know_the_agent_yet_is_waited_for(run, clock):
    found = run(Agent(httpx2.Response(404), ok=(404,)))
    assert "/info answered 404" in found.reason
    assert clock.now >= 60


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx2.Response(404), "http.disable_meta"),
        (httpx2.Response(401), "guards it"),
        (httpx2.Response(403), "guards it"),
        (httpx2.Response(200, json={"host": {}}), "names no revision"),
    ],
)
def test_an_agent_that_will_not_say_ends_the_asking_early(run, clock, answer, reason):
    found = run(Agent(answer))
    assert not found.proven
    assert reason in found.reason
    assert 15 <= clock.now < 20, "long enough for pods of the revision before to be gone"


def test_answers_of_the_pods_before_do_not_end_it_early(run):
    hidden = [httpx2.Response(404)] * 10
    assert run(Agent(*hidden, httpx2.Response(503), *hidden, "ours")).proven


def test_a_server_that_names_the_revision_but_is_not_healthy_is_no_proof(run):
    found = run(Agent("ours", ok=(503,)))
    assert (found.proven, found.served) == (False, "ours")
    assert "/ok answered 503" in found.reason
    assert run(Agent("ours", ok=(503, 503, 200))).proven, "it may still be starting"


def test_without_a_url_nobody_is_asked(run, clock):
    assert run(Agent("ours"), url=None).reason == "The deployment has no URL."
    assert clock.pauses == []


@pytest.mark.parametrize("host", ["exa..mple", "a" * 64, ".", "127.0.0.1:99999", "[", "a b"])
def test_an_address_that_no_socket_takes_is_one_that_cannot_be_reached(host):
    assert "cannot be reached" in ask(f"http://{host}/lgp/greeter").reason


def test_a_single_answer_is_one_replicas_and_proves_nothing():
    found = ask(URL, transport=httpx2.MockTransport(Agent("ours")))
    assert (found.served, found.proven, found.reason) == ("ours", False, "")
    assert "/ok answered 500" in ask(URL, transport=httpx2.MockTransport(Agent("ours", ok=(500,)))).reason
