"""`langsmith-hybrid status`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from operations.fakes import FakePulumi

from langsmith_hybrid.cli import main
from langsmith_hybrid.operations import hosting_stack, status
from langsmith_hybrid.operations.doctor import Finding, Findings
from langsmith_hybrid.operations.doctor.findings import fail, ok
from langsmith_hybrid.operations.errors import AccessExpiredError

WELL = ok("cluster", "agents-1 is ACTIVE.")
BROKEN = fail("listener", "It does not exist any more.", "Run `pulumi up --refresh`.")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs the command on a stack of which this is found."""

    def command(found: tuple[Finding, ...], *arguments: str) -> Result:
        monkeypatch.setattr(hosting_stack.HostingStack, "find", lambda *_: FakePulumi().stack(tmp_path))
        monkeypatch.setattr(status, "look", lambda _stack: Findings(found))
        return CliRunner().invoke(main, ["status", *arguments])

    return command


def test_nothing_that_stands_is_a_sentence_and_no_error(run) -> None:
    done = run(())
    assert (done.exit_code, done.stdout) == (0, "Nothing stands of langsmith-hybrid/dev.\n")


def test_what_is_broken_is_shown_among_the_rest_and_ends_with_1(run) -> None:
    done = run((WELL, BROKEN))
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "ok    cluster   agents-1 is ACTIVE.",
        "fail  listener  It does not exist any more.",
        "                → Run `pulumi up --refresh`.",
    ]
    assert "Not all of it works: listener." in done.stderr


def test_credentials_that_are_over_end_with_41(run) -> None:
    over = fail("cluster", "The AWS session is over.", "Log in again.", AccessExpiredError)
    assert run((over, BROKEN)).exit_code == 41, "nobody knows how it stands"


@pytest.mark.parametrize(("found", "code"), [((), 0), ((WELL,), 0), ((WELL, BROKEN), 1)])
def test_json_is_one_object_however_it_stands(run, found: tuple[Finding, ...], code: int) -> None:
    done = run(found, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == code
    assert told["standing"] is bool(found)
    assert told["failed"] == (["listener"] if BROKEN in found else [])
    assert [each["state"] for each in told["checks"]] == [each.state for each in found]
