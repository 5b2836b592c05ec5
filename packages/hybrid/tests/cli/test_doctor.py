"""`langsmith-hybrid doctor`: what it prints, and how it ends."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from langsmith_hybrid.cli import main
from langsmith_hybrid.operations import doctor, hosting_stack
from langsmith_hybrid.operations.doctor import Finding, Findings
from langsmith_hybrid.operations.doctor.findings import fail, ok, warn
from langsmith_hybrid.operations.errors import AccessExpiredError, StackError

WELL = ok("pulumi", "pulumi is 3.259.0.")
WARNED = warn("cluster-endpoint", "It will be private.", "Come in.")
FAILED = fail("quota-vpcs", "5 of 5 VPCs are used, and the stack adds 1.", "Remove one.")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """Runs the command on a stack of which this is found, or that does not exist."""

    def command(found: tuple[Finding, ...] | Exception, *arguments: str) -> Result:
        def examine(_stack: object) -> Findings:
            if isinstance(found, Exception):
                raise found
            return Findings(found)

        monkeypatch.setattr(hosting_stack.HostingStack, "find", lambda *_: None)
        monkeypatch.setattr(doctor, "examine", examine)
        return CliRunner().invoke(main, ["doctor", *arguments])

    return command


def test_every_check_is_a_line_and_what_to_do_is_below_it(run) -> None:
    done = run((WELL, WARNED))
    assert done.exit_code == 0, "a warning stands in nobody's way"
    assert done.stdout.splitlines() == [
        "ok    pulumi            pulumi is 3.259.0.",
        "warn  cluster-endpoint  It will be private.",
        "                        → Come in.",
    ]


def test_a_failure_ends_with_50_and_names_the_check(run) -> None:
    done = run((WELL, FAILED))
    assert done.exit_code == 50
    assert done.stderr.startswith("Error: quota-vpcs: 5 of 5 VPCs are used")
    assert "fail  quota-vpcs" in done.stdout, "the checks are shown all the same"


def test_credentials_that_are_over_end_with_41(run) -> None:
    assert run((fail("aws-credentials", "Over.", "Log in.", AccessExpiredError),)).exit_code == 41


@pytest.mark.parametrize(("found", "code"), [((WELL,), 0), ((WELL, FAILED), 50)])
def test_json_is_one_object_whether_it_fails_or_not(run, found: tuple[Finding, ...], code: int) -> None:
    done = run(found, "--json")
    told = json.loads(done.output)
    assert done.exit_code == code
    assert told["schema"] == 1
    assert told["checks"][0] == {"check": "pulumi", "state": "ok", "what": "pulumi is 3.259.0.", "remedy": ""}
    assert told["failed"] == [finding.check for finding in found if finding is FAILED]


def test_without_a_stack_it_ends_as_every_command_does(run) -> None:
    assert run(StackError("No stack.", "Name one.")).exit_code == 2
