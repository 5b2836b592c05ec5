"""`langsmith-sandbox fault` against a control plane on a socket."""

from __future__ import annotations

import json
from types import SimpleNamespace

import httpx2
import pytest
from click.testing import CliRunner

from langsmith_sandbox.cli.fault import command
from langsmith_sandbox.control_plane.faults import Fault
from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.supervisor import lifecycle


@pytest.fixture
def fault(world, monkeypatch):
    """The command, run in this process; errors of ours are raised."""
    with world.on_a_socket() as url:
        running = SimpleNamespace(url=lambda part: {"control-plane": url}[part])
        monkeypatch.setattr(lifecycle, "running", lambda paths: running)

        def run(*arguments):
            result = CliRunner().invoke(command, arguments, catch_exceptions=True)
            if result.exception and not isinstance(result.exception, SystemExit):
                raise result.exception
            return result.output

        yield SimpleNamespace(run=run, url=url)


def test_a_fault_is_ordered_listed_met_and_cancelled(fault, world):
    said = fault.run(
        "add", "--method", "GET", "--path", "/v2/listeners", "--status", "429", "--retry-after", "3", "--times", "2"
    )
    assert said == "GET /v2/listeners: 2 time(s): 429 with Retry-After 3, before the work\n"
    met = httpx2.get(f"{fault.url}/v2/listeners", headers=dict(world.http.headers))
    assert (met.status_code, met.headers["Retry-After"]) == (429, "3")
    (left,) = json.loads(fault.run("list", "--json"))["faults"]
    assert left["times"] == 1
    assert fault.run("clear") == "The control plane behaves again.\n"
    assert fault.run("list") == "There are none.\n"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "any .*: 1 time(s): a dropped connection, before the work"),
        (["--after"], "any .*: 1 time(s): a dropped connection, after the work"),
        (["--silence", "30"], "any .*: 1 time(s): 30 s of silence, then a dropped connection, before the work"),
        (
            ["--status", "500", "--probability", "0.3", "--seed", "1"],
            "any .*: always, each with a chance of 0.3: 500, before the work",
        ),
        (
            ["--probability", "0.3", "--times", "5"],
            "any .*: 5 time(s), each with a chance of 0.3: a dropped connection, before the work",
        ),
    ],
)
def test_every_kind_of_fault_can_be_ordered_and_is_said_back(monkeypatch, flags, said):
    accept = lambda method, order: Fault(**order).model_dump()  # noqa: E731
    monkeypatch.setattr("langsmith_sandbox.cli.fault._ask", accept)
    assert CliRunner().invoke(command, ["add", *flags]).output == f"{said}\n"


def test_a_pattern_that_is_none_is_told_in_a_sentence(fault):
    with pytest.raises(SandboxError, match="not a regular expression"):
        fault.run("add", "--path", "(")


def test_a_control_plane_that_is_down_is_told_in_a_sentence(fault, monkeypatch):
    gone = SimpleNamespace(url=lambda part: "http://127.0.0.1:9")
    monkeypatch.setattr(lifecycle, "running", lambda paths: gone)
    with pytest.raises(SandboxError, match="does not answer"):
        fault.run("list")
