"""`doctor` ends with 50 when a deploy would fail, and says everything it found either way."""

from __future__ import annotations

import pytest

from langsmith_client.doctor import examination
from langsmith_client.doctor.examiner import Examiner


@pytest.fixture
def findings(monkeypatch):
    """The examiner whose findings the command reports."""
    examiner = Examiner()
    monkeypatch.setattr(examination, "examine", lambda *arguments, **options: examiner)
    return examiner


def test_findings_are_events_and_a_failure_ends_with_fifty(cli, findings):
    findings.ok("agent", "greeter 1.2.0")
    findings.fail("API key", "there is none", "Set one.")
    outcome = cli("doctor", "--json")
    assert outcome.exit_code == 50
    first, second, last = outcome.events()
    assert first == {
        "schema": 1,
        "event": "check",
        "check": "agent",
        "state": "ok",
        "what": "greeter 1.2.0",
        "remedy": "",
    }
    assert (second["state"], second["remedy"]) == ("fail", "Set one.")
    assert (last["event"], last["exit_code"], "API key" in last["what"]) == ("error", 50, True)


def test_warnings_alone_end_with_zero(cli, findings):
    findings.ok("agent", "greeter 1.2.0")
    findings.warn("git", "not as committed", "Commit it.")
    outcome = cli("doctor")
    assert outcome.exit_code == 0
    lines = outcome.out.splitlines()
    assert lines[1].split() == ["ok", "agent", "greeter", "1.2.0"]
    assert lines[2].endswith("not as committed. Commit it.")
    assert lines[-1].endswith("1 fine, 1 to look at")


def test_a_folder_that_holds_no_agent_is_a_finding_and_not_the_end(cli, tmp_path):
    outcome = cli("doctor", str(tmp_path), "--json")
    assert outcome.exit_code == 50
    assert [event["check"] for event in outcome.events()[:-1]] == ["agent", "address", "API key"]
