"""The Agent Server's environment: in memory, silent, where the Pod says; and the real thing where it is installed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from langsmith_sandbox.data_plane import agent_server
from langsmith_sandbox.toolchain import agent_server as toolchain_agent_server
from langsmith_sandbox.toolchain import store
from langsmith_sandbox.toolchain.sources import find_sources

GRAPHS = {"LANGSERVE_GRAPHS": '{"hello": "/deps/hello/graph.py:graph"}'}

GRAPH = """
from typing import TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    text: str


def greet(state: State) -> State:
    return {"text": f"hello {state['text']}"}


graph = StateGraph(State).add_node("greet", greet).add_edge(START, "greet").add_edge("greet", END).compile()
"""


def test_it_listens_where_the_pod_says():
    environment = {**GRAPHS, "LANGSMITH_SANDBOX_POD_IP": "127.1.2.3", "PORT": "8123", "MOUNT_PREFIX": "/lgp/x"}
    assert agent_server.prepare(environment) == ("127.1.2.3", 8123)
    assert environment["LANGGRAPH_API_URL"] == "http://127.1.2.3:8123/lgp/x"


def test_defaults_are_loopback_and_port_8000():
    assert agent_server.prepare(dict(GRAPHS)) == ("127.0.0.1", 8000)


def test_nothing_of_the_pod_can_make_it_trace_report_or_look_for_a_database():
    environment = {
        **GRAPHS,
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_API_KEY": "lsv2-key",
        "LANGGRAPH_CLOUD_LICENSE_KEY": "lcl_key",
        "DATABASE_URI": "postgres://db",
        "REDIS_URI": "redis://cache",
    }
    agent_server.prepare(environment)
    assert environment["LANGSMITH_TRACING"] == environment["LANGCHAIN_TRACING_V2"] == "false"
    assert environment["LANGGRAPH_CLOUD_LICENSE_KEY"] == environment["LANGSMITH_CONTROL_PLANE_API_KEY"] == ""
    assert (environment["DATABASE_URI"], environment["REDIS_URI"]) == (":memory:", "fake")
    assert environment["LANGSMITH_API_KEY"] == "lsv2-key", "the agent's own code may need it"


def test_what_the_pod_may_choose_is_kept():
    environment = {**GRAPHS, "N_JOBS_PER_WORKER": "5"}
    agent_server.prepare(environment)
    assert environment["N_JOBS_PER_WORKER"] == "5"


@pytest.mark.parametrize(
    ("environment", "named"),
    [({}, "LANGSERVE_GRAPHS"), ({**GRAPHS, "PORT": "http"}, "PORT"), ({**GRAPHS, "PORT": "70000"}, "PORT")],
)
def test_an_environment_that_cannot_be_served_is_one_sentence(environment, named):
    with pytest.raises(agent_server.AgentServerError, match=named):
        agent_server.prepare(environment)


def test_run_as_a_script_it_fails_in_a_sentence_and_does_not_mistake_its_neighbours_for_the_standard_library():
    # Beside the script lies operator.py; any interpreter will do to see that the standard one is found.
    script = str(Path(agent_server.__file__))
    done = subprocess.run(
        [sys.executable, script], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("LANGSERVE_GRAPHS is not set")
    assert "Traceback" not in done.stderr


@pytest.mark.world
def test_the_real_server_serves_the_graph_under_its_prefix_and_shows_the_revision(tmp_path):
    python = _agent_server_python()
    (tmp_path / "graph.py").write_text(GRAPH)
    leftover = tmp_path / ".langgraph_api" / ".langgraph_ops.pckl"
    leftover.parent.mkdir()
    leftover.write_text("runs of another Pod")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "LANGSERVE_GRAPHS": json.dumps({"hello": f"{tmp_path}/graph.py:graph"}),
        "LANGSMITH_HOST_REVISION_ID": "rev-123",
        "MOUNT_PREFIX": "/lgp/hello",
        "PORT": str(port),
    }
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(python), str(Path(agent_server.__file__))], env=environment, cwd=tmp_path, stdout=output, stderr=output
        )
    try:
        base = f"http://127.0.0.1:{port}/lgp/hello"
        _wait_until_ok(f"{base}/ok", process, log)
        assert httpx2.get(f"{base}/info").json()["host"]["host_revision_id"] == "rev-123"
        asked = {"assistant_id": "hello", "input": {"text": "world"}}
        assert httpx2.post(f"{base}/runs/wait", json=asked, timeout=60).json() == {"text": "hello world"}
    finally:
        process.terminate()
        process.wait(30)
    assert leftover.read_text() == "runs of another Pod", "neither taken up nor overwritten"
    assert list(leftover.parent.iterdir()) == [leftover], "nothing is left for the next Pod of the image"


def _agent_server_python() -> Path:
    """The interpreter the toolchain built, or the one named; building it is no unit test's business."""
    built = (
        store.cache_root()
        / "toolchain"
        / toolchain_agent_server.slot(find_sources() / "agent-server")
        / "bin"
        / "python"
    )
    python = Path(os.environ.get("LANGSMITH_SANDBOX_AGENT_SERVER_PYTHON", built))
    if not python.is_file():
        pytest.skip(f"the Agent Server's environment is not built yet ({python}); `langsmith-sandbox start` builds it")
    return python


def _wait_until_ok(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the server did not come up:\n{log.read_text()}")
