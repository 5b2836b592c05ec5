"""Proof comes from the pods themselves."""

from __future__ import annotations

import itertools

import httpx2
import pytest

from langsmith_client.proof import ask, prove

URL = "http://agents.example/lgp/greeter/"


def agent(*answers, ok=200):
    """Serves the revisions in turn, the last for ever; an exception is raised, a response sent as it is."""
    turn = itertools.chain(answers, itertools.repeat(answers[-1]))

    def serve(request):
        if request.url.path == "/lgp/greeter/ok":
            return httpx2.Response(ok, json={"ok": True})
        assert request.url.path == "/lgp/greeter/info", "the mount prefix is part of the URL"
        answer = next(turn)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            return answer
        return httpx2.Response(200, json={"host": {"host_revision_id": answer, "revision_id": "not this one"}})

    return httpx2.MockTransport(serve)


@pytest.fixture
def run(clock):
    def start(transport, url=URL, timeout=30.0):
        return prove(url, "ours", transport=transport, timeout=timeout, clock=clock, sleep=clock.sleep)

    return start


def test_three_answers_in_a_row_are_proof(run, clock):
    assert run(agent("ours")).proven
    assert len(clock.pauses) == 2


def test_a_replica_of_the_old_revision_starts_the_count_again(run, clock):
    assert run(agent("ours", "ours", "old", "ours", "old", "ours")).proven
    assert len(clock.pauses) == 7


def test_an_old_revision_that_stays_is_no_proof_and_is_named(run, clock):
    found = run(agent("old"))
    assert (found.proven, found.served) == (False, "old")
    assert "serves the revision old" in found.reason
    assert 30 <= clock.now <= 31


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached from here"),
        (httpx2.Response(404), "/info answered 404"),
        (httpx2.Response(200, text="<html>"), "not that of an Agent Server"),
        (httpx2.Response(200, json={"host": None}), "not that of an Agent Server"),
        (httpx2.Response(200, json=[]), "not that of an Agent Server"),
        (httpx2.Response(200, json={"host": {}}), "names no revision"),
    ],
)
def test_an_answer_that_proves_nothing_says_what_it_was(run, answer, reason):
    found = run(agent(answer))
    assert not found.proven
    assert reason in found.reason


def test_a_server_that_names_the_revision_but_is_not_healthy_is_no_proof(run):
    found = run(agent("ours", ok=503))
    assert (found.proven, found.served) == (False, "ours")
    assert "/ok answered 503" in found.reason


def test_without_a_url_nobody_is_asked(run, clock):
    assert run(None, url=None).reason == "The deployment has no URL."
    assert clock.pauses == []


def test_a_single_answer_is_one_replicas_and_proves_nothing():
    found = ask(URL, transport=agent("ours"))
    assert (found.served, found.proven) == ("ours", False)
