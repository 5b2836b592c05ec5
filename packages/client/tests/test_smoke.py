"""A smoke test asks once, over the API the agent's users use, and never claims more than it saw."""

from __future__ import annotations

import json

import httpx2
import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.smoke import Question, Smoke, question, run_smoke

URL = "https://agents.example/lgp/greeter"
ASKED = Question("greeter", {"name": "Ada"})


class Agent:
    """Answers every run with one response, or an exception."""

    def __init__(self, answer):
        self.answer = answer
        self.requests: list[httpx2.Request] = []

    def __call__(self, request):
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def run(clock):
    def start(answer, url=URL):
        agent = Agent(answer)
        headers = {"X-Api-Key": "agents-key"}
        ran = run_smoke(url, ASKED, headers=headers, transport=httpx2.MockTransport(agent), clock=clock)
        return ran, agent

    return start


def test_a_run_is_asked_for_under_the_agents_prefix_and_its_output_is_kept(run):
    ran, agent = run(httpx2.Response(200, text='\n\n{"greeting": "Hello Ada"}'))
    assert ran.passed, "the server sends line breaks while a run takes its time"
    assert ran.output == {"greeting": "Hello Ada"}
    (request,) = agent.requests
    assert (request.method, request.url.path) == ("POST", "/lgp/greeter/runs/wait")
    assert json.loads(request.content) == {
        "assistant_id": "greeter",
        "input": {"name": "Ada"},
        "on_disconnect": "cancel",
    }
    assert request.headers["X-Api-Key"] == "agents-key"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            httpx2.Response(200, json={"__error__": {"error": "KeyError", "message": "'name'"}}),
            "The graph greeter failed: KeyError: 'name'.",
        ),
        (httpx2.Response(200, json={"__error__": "boom"}), "The graph greeter failed: boom."),
        (httpx2.Response(404, json={"detail": "Assistant not found"}), "/runs/wait answered 404: Assistant not found."),
        (httpx2.Response(403, text="no"), "/runs/wait answered 403."),
        (httpx2.Response(307, headers={"Location": "https://elsewhere.example"}), "/runs/wait answered 307."),
        (httpx2.Response(200, text="<html>"), "not that of an Agent Server"),
        (httpx2.ReadTimeout("slow"), "gave no answer (ReadTimeout)"),
    ],
)
def test_everything_but_an_output_is_a_failure_told_in_a_sentence(run, answer, reason):
    ran, agent = run(answer)
    assert not ran.passed
    assert reason in ran.reason
    assert len(agent.requests) == 1, "a run may have effects, so it is never asked for twice"


@pytest.mark.parametrize("url", ["http://[broken", "http://exa..mple", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_a_failure_too(url):
    assert "gave no answer" in run_smoke(url, ASKED, headers={}).reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "Ada"}', {"name": "Ada"}),
        ("Hello", {"messages": [{"role": "user", "content": "Hello"}]}),
        ("42", {"messages": [{"role": "user", "content": "42"}]}),
    ],
)
def test_the_input_is_a_json_object_or_what_a_user_says(text, expected):
    assert question(text, ["greeter"]) == Question("greeter", expected)


def test_which_graph_must_be_clear():
    with pytest.raises(ProjectError, match="several graphs: a, b"):
        question("x", ["b", "a"])
    assert question("x", ["b", "a"], "b").graph == "b"
    with pytest.raises(ProjectError, match="no graph 'c'"):
        question("x", ["b", "a"], "c")


def test_what_can_be_shown_is_redacted_before_it_is_cut():
    ran = Smoke(False, reason="x" * 395 + "canary-secret and more")
    shown = ran.quotable(lambda text: text.replace("canary-secret", "***")).reason
    assert shown == "x" * 395 + "*** a..."
