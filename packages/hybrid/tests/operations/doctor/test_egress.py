"""What must be reached over the network, from here."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from operations.doctor.world import World

from langsmith_hybrid.operations.doctor import Finding, State, egress
from langsmith_hybrid.operations.doctor.checks import run

KEDA = "https://kedacore.github.io/charts/index.yaml"
API = "https://api.smith.langchain.com"


def look(world: World) -> dict[str, Finding]:
    return {finding.check: finding for finding in run(egress.checks(world.subject(), world.fetch))}


@pytest.mark.parametrize("problem", [404, OSError("no route to host")])
def test_a_chart_repository_that_does_not_answer_fails_with_its_key(world: World, problem: OSError | int) -> None:
    world.unreachable[KEDA] = problem
    finding = look(world)["chart-keda"]
    assert finding.state is State.FAIL, "pulumi itself reads it, from here"
    assert KEDA in finding.what
    assert "kedaChartRepository" in finding.remedy


def test_an_api_that_does_not_answer_here_is_a_warning_since_the_cluster_calls_it(world: World) -> None:
    world.unreachable[API] = OSError("no route to host")
    finding = look(world)["langsmith-api"]
    assert finding.state is State.WARN
    assert "the cluster must reach it" in finding.what


def test_any_answer_of_the_api_says_that_it_is_there(world: World) -> None:
    world.unreachable[API] = 403
    assert look(world)["langsmith-api"].state is State.OK


def test_gateway_apis_definitions_matter_where_agents_are_routed_by_it(world: World) -> None:
    assert "gateway-api" in look(world)
    world.set(agentsRouting="ingress")
    assert "gateway-api" not in look(world)


def test_the_regions_own_api_is_asked_where_the_stack_names_none(world: World) -> None:
    world.set(langsmithRegion="eu")
    assert "https://eu.api.smith.langchain.com" in look(world)["langsmith-api"].what


@pytest.fixture
def server() -> Iterator[str]:
    """A server that has one file."""

    class Files(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/index.yaml" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_an_answer_is_its_status_and_no_answer_an_error(server: str) -> None:
    assert egress.status_of(f"{server}/index.yaml") == 200
    assert egress.status_of(f"{server}/other") == 404
    with pytest.raises(OSError, match="Errno"):
        egress.status_of("http://127.0.0.1:1/")
