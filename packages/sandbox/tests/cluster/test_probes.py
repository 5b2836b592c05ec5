from __future__ import annotations

import http.server
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.errors import ContainerStartError
from langsmith_sandbox.cluster.pki import create_authority, write_pair
from langsmith_sandbox.cluster.probes import ProbeTarget, Schedule, Verdict, check_for
from langsmith_sandbox.cluster.run_probes import RunProbes
from langsmith_sandbox.cluster.tls_server import TlsHandler, TlsServer

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = 20.0


@pytest.fixture
def server() -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(self.path.strip("/")) if self.headers.get("X-Key") == "k" else 401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running.server_address[1]
        running.shutdown()


def _target(port: int = 0) -> ProbeTarget:
    def program(argv: list[str]) -> tuple[str, ...]:
        if argv[0] != "sh":
            raise ContainerStartError(f'exec: "{argv[0]}": executable file not found in $PATH')
        return ("/bin/sh", *argv[1:])

    return ProbeTarget("127.0.0.1", {"http": port}, {"MODE": "ok"}, Path("/"), program)


@pytest.mark.parametrize(
    ("status", "message"), [(200, ""), (302, ""), (404, "HTTP probe failed with statuscode: 404"), (503, "...")]
)
def test_http_probes_pass_from_200_to_399_and_send_their_headers(server: int, status: int, message: str):
    http_get = {"path": f"/{status}", "port": "http", "httpHeaders": [{"name": "X-Key", "value": "k"}]}
    told = check_for({"httpGet": http_get}, _target(server))()
    assert told == message or (message == "..." and told.endswith("503"))


def test_https_probes_take_any_certificate(tmp_path: Path):
    class Handler(TlsHandler):
        def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
            self.answer(200, "")

    write_pair(tmp_path, "own", create_authority("nobody else trusts"))
    with TlsServer(0, Handler, certificate=tmp_path / "own", authority=tmp_path / "own.crt") as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        told = check_for({"httpGet": {"scheme": "HTTPS", "port": running.server_address[1]}}, _target())()
        running.shutdown()
    assert told == ""


def test_a_connection_nobody_takes_is_told_with_its_url():
    told = check_for({"httpGet": {"path": "/ok", "port": 1}}, _target())()
    assert told == 'Get "http://127.0.0.1:1/ok": [Errno 111] Connection refused'


def test_a_port_by_a_name_the_container_does_not_have_fails_and_names_it():
    assert "admin" in check_for({"httpGet": {"path": "/", "port": "admin"}}, _target())()


def test_tcp_probes_tell_an_open_port_from_a_closed_one(server: int):
    assert check_for({"tcpSocket": {"port": server}}, _target())() == ""
    assert "dial tcp 127.0.0.1:1" in check_for({"tcpSocket": {"port": 1}}, _target())()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["sh", "-c", 'test "$MODE" = ok'], ""),
        (["sh", "-c", "echo broken; exit 1"], "broken\n"),
        (["saq", "--check"], 'exec: "saq": executable file not found in $PATH'),
    ],
)
def test_exec_probes_run_in_the_containers_environment(command: list[str], expected: str):
    assert expected in check_for({"exec": {"command": command}}, _target())()


def test_an_exec_probe_that_hangs_fails_after_its_timeout():
    assert "timed out after 1s" in check_for({"exec": {"command": ["sh", "-c", "sleep 60"]}}, _target())()


def test_a_kind_of_probe_the_node_has_not_fails_and_says_so():
    assert check_for({"grpc": {"port": 1}}, _target())() == "a sandbox node has no grpc probes"


def _verdicts(results: str, **probe: int) -> str:
    verdict = Verdict(Schedule.of(probe))
    return "".join("x" if verdict.record(result == "+") else "." for result in results)


def test_thresholds_decide_which_results_count():
    assert _verdicts("---", failureThreshold=3) == "..x"
    assert _verdicts("--+--", failureThreshold=3) == "..x..", "a success in between starts the count again"
    assert _verdicts("++++", successThreshold=2) == ".x..", "passing on is no news"
    assert _verdicts("------", failureThreshold=3) == "..x..x", "failing on is, for what must be restarted"


class Run:
    """The probes of a run whose checks say what the test tells them to."""

    def __init__(self, *kinds: str, **healthy: bool) -> None:
        self.healthy = dict.fromkeys(kinds, True) | healthy
        self.failures: list[tuple[str, str]] = []
        self.changed = threading.Condition()
        spec: dict[str, Any] = {kind: {"periodSeconds": 0.01, "failureThreshold": 1} for kind in kinds}
        checks = {kind: (lambda kind=kind: "" if self.healthy[kind] else "sick") for kind in kinds}
        self.probes = RunProbes(spec, checks, changed=self._notify, failed=self._fail)

    def until(self, condition: Any) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, WAIT)

    def _notify(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _fail(self, kind: str, message: str) -> None:
        with self.changed:
            self.failures.append((kind, message))
            self.changed.notify_all()


def test_without_probes_a_run_is_ready_at_once():
    assert Run().probes.ready


def test_readiness_comes_and_goes_with_the_probe():
    run = Run("readinessProbe", readinessProbe=False)
    assert not run.probes.ready
    run.probes.start()
    assert run.until(lambda: run.failures)
    run.healthy["readinessProbe"] = True
    assert run.until(lambda: run.probes.ready)
    run.healthy["readinessProbe"] = False
    assert run.until(lambda: not run.probes.ready)
    run.probes.stop()


def test_other_probes_wait_until_the_startup_probe_passed():
    run = Run("startupProbe", "readinessProbe", "livenessProbe", startupProbe=False, livenessProbe=False)
    run.probes.start()
    assert run.until(lambda: len(run.failures) > 2)
    assert {kind for kind, _ in run.failures} == {"startupProbe"}, "a slow start must not look like a sick program"
    run.healthy["startupProbe"] = True
    assert run.until(lambda: run.probes.ready and run.failures[-1] == ("livenessProbe", "sick"))
    assert run.probes.started
    run.probes.stop()
