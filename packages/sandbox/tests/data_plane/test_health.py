"""Health endpoints, as probes ask them."""

from __future__ import annotations

import contextlib

import httpx2
import pytest

from langsmith_sandbox.data_plane import keda
from langsmith_sandbox.data_plane.health import Health, serve_health


@pytest.fixture
def health():
    return Health()


@pytest.fixture
def url(health):
    server = serve_health(health, "127.0.0.1", 0, ready=("/health",), alive=("/healthz",))
    with contextlib.closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_readiness_follows_the_program_and_names_the_reason(health, url):
    assert httpx2.get(f"{url}/health").status_code == 503
    health.good()
    assert httpx2.get(f"{url}/health").status_code == 200
    health.bad("the key was refused")
    answer = httpx2.get(f"{url}/health")
    assert (answer.status_code, answer.text) == (503, "the key was refused")


def test_liveness_is_that_of_the_process_and_other_paths_are_404(health, url):
    assert httpx2.get(f"{url}/healthz").status_code == 200
    assert httpx2.get(f"{url}/metrics").status_code == 404


def test_a_reason_is_news_once():
    health = Health()
    assert [health.bad("a"), health.bad("a"), health.bad("b"), health.bad("a")] == [True, False, True, True]


def test_kedas_stand_in_answers_both_probes_of_its_chart():
    port = keda.start({"LANGSMITH_SANDBOX_POD_IP": "127.0.0.1", "PORT": "0"})
    for path in ("/healthz", "/readyz"):
        assert httpx2.get(f"http://127.0.0.1:{port}{path}").status_code == 200
