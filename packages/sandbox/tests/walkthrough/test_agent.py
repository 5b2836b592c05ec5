"""Deploying, deleting and asking the agent."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.walkthrough import agent
from langsmith_sandbox.walkthrough.errors import NoAnswerError, ToolFailedError
from langsmith_sandbox.walkthrough.tools import Tools

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Answer, Notes

OUTPUTS = {
    "repositories": {"hello": "127.0.0.1:1/hello"},
    "listenerId": "l-1",
    "namespaces": ["agents"],
    "agentSecretReferences": {
        "hello": [{"name": "REDIS_URI_CUSTOM", "secretName": "hello-stores", "secretKey": "REDIS_URI_CUSTOM"}],
        "other": [{"name": "REDIS_URI_CUSTOM", "secretName": "other-stores", "secretKey": "REDIS_URI_CUSTOM"}],
    },
}
RESULT = {
    "event": "result",
    "name": "hello",
    "image": "hello:0.1.0-abc",
    "digest": "sha256:1",
    "revision_id": "r-1",
    "changed": True,
    "built": True,
    "url": "http://localhost:1/lgp/hello",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "langgraph.json").write_text(json.dumps({"graphs": {"greet": "./graph.py:graph"}}))
    return folder


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, program: Callable[[str, str], Path], tmp_path: Path) -> Any:
    """A client beside the interpreter, as a virtual environment has it: it says these events and exits so."""

    def make(*events: dict[str, Any], code: int = 0) -> Tools:
        lines = "\n".join(json.dumps(event) for event in events)
        script = program(
            "langsmith-client", f"import sys\nprint({lines!r})\nprint('args', *sys.argv[1:])\nsys.exit({code})"
        )
        # Which client is run follows from the interpreter, which a test cannot move.
        monkeypatch.setattr(agent, "sys", type("FakeSys", (), {"executable": str(script.with_name("python"))}))
        return Tools(os.environ, tmp_path / "logs")

    return make


def test_a_deploy_goes_where_the_stack_says_and_returns_what_was_proven(
    client: Any, folder: Path, notes: Notes
) -> None:
    tools = client({"event": "status", "message": "revision r-1 is DEPLOYING"}, RESULT)
    deployed = agent.deploy(tools, folder, OUTPUTS, notes)

    assert (deployed.image, deployed.revision, deployed.changed) == ("hello:0.1.0-abc", "r-1", True)
    assert notes.heard == ["revision r-1 is DEPLOYING"]
    said = (tools.logs / "deploy.log").read_text()
    stores = "--secret-ref=REDIS_URI_CUSTOM=hello-stores:REDIS_URI_CUSTOM"
    for argument in ("--push-to=127.0.0.1:1/hello", "--listener-id=l-1", "--k8s-namespace=agents", stores):
        assert argument in said
    assert "other-stores" not in said, "an agent has its own stores and nobody else's"


def test_a_failed_deploy_speaks_with_the_clients_words_and_exit_code(client: Any, folder: Path, notes: Notes) -> None:
    tools = client({"event": "error", "what": "Listener ID l-1 not found.", "remedy": "Check it."}, code=50)
    with pytest.raises(ToolFailedError, match="Listener ID l-1 not found") as caught:
        agent.deploy(tools, folder, OUTPUTS, notes)
    assert caught.value.exit_code == 50


def test_a_client_that_claims_success_without_a_result_is_not_believed(client: Any, folder: Path, notes: Notes) -> None:
    with pytest.raises(ToolFailedError):
        agent.deploy(client({"event": "status"}), folder, OUTPUTS, notes)


def test_a_deployment_is_deleted_with_its_tracing_project(client: Any, folder: Path, notes: Notes) -> None:
    tools = client(RESULT)
    agent.delete(tools, "hello", folder, notes)
    assert "delete hello --yes --delete-tracing-project" in (tools.logs / "delete-hello.log").read_text()


def test_the_first_graph_is_asked_and_its_answer_returned(serve: Callable[[Answer], int], folder: Path) -> None:
    asked: list[Any] = []

    def run(method: str, path: str, body: Any) -> tuple[int, Any]:
        asked.append((method, path, body))
        return 200, {"question": "q", "answer": "Hello!"}

    assert agent.ask(folder, f"http://127.0.0.1:{serve(run)}/lgp/hello", {"question": "q"}) == "Hello!"
    assert asked == [("POST", "/lgp/hello/runs/wait", {"assistant_id": "greet", "input": {"question": "q"}})]


def test_an_answer_of_another_shape_is_shown_as_it_is(serve: Callable[[Answer], int], folder: Path) -> None:
    port = serve(lambda *_: (200, {"messages": []}))
    assert agent.ask(folder, f"http://127.0.0.1:{port}", {}) == '{"messages": []}'


@pytest.mark.parametrize(
    ("status", "content", "why"),
    [(503, {}, "status 503"), (200, {"__error__": {"error": "ValueError"}}, "the graph failed with")],
)
def test_no_answer_says_why(serve: Callable[[Answer], int], folder: Path, status: int, content: Any, why: str) -> None:
    port = serve(lambda *_: (status, content))
    with pytest.raises(NoAnswerError, match=why) as caught:
        agent.ask(folder, f"http://127.0.0.1:{port}", {})
    assert caught.value.exit_code == 23


def test_an_agent_that_nobody_serves_is_reported(folder: Path) -> None:
    with pytest.raises(NoAnswerError, match="URLError"):
        agent.ask(folder, "http://127.0.0.1:1", {})


def test_the_client_of_this_environment_exists() -> None:
    assert Path(sys.executable).with_name("langsmith-client").exists(), "a deploy starts it by this path"
