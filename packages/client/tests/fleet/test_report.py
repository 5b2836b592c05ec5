"""The outcome of a rollout in a table, in JUnit's XML, in Markdown and as an exit code."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ConflictError, DeployFailedError, FleetError, StoppedError, UnprovenError
from langsmith_client.fleet import report
from langsmith_client.fleet.outcome import Outcome, State
from langsmith_client.result import Result
from langsmith_client.table import aligned

RESULT = Result("one", "one:1.0", "r/one@sha256:1", "sha256:1", True, "d", "r1", "DEPLOYED", True, True, "http://x", {})
ONE = Outcome("one", "canary", "1.0-a", State.DEPLOYED, RESULT, None, "0123456789", 12.34)
TWO = Outcome("two", "wave 1", "1.0-b", State.FAILED, None, DeployFailedError("It crashed.", "Mend it."), "r2", 5.0)
THREE = Outcome("three", "wave 2", "1.0-c", State.NOT_STARTED)
FOUR = Outcome("four", "unchanged", "1.0-d", State.UNCHANGED)
ALL = (ONE, TWO, THREE, FOUR)


def test_the_table_has_a_row_an_agent():
    assert aligned(report.table(ALL)) == [
        "AGENT  TURN       STATE        IMAGE  REVISION  PROVEN  SECONDS  WHY",
        "one    canary     deployed     1.0-a  01234567  yes     12.3     -",
        "two    wave 1     failed       1.0-b  r2        -       5.0      It crashed.",
        "three  wave 2     not started  1.0-c  -         -       -        -",
        "four   unchanged  unchanged    1.0-d  -         -       -        -",
    ]


def test_machines_get_everything():
    fields = report.table([TWO])[0].fields
    assert fields["error"] == {"exit_code": 20, "what": "It crashed.", "remedy": "Mend it."}
    assert (fields["state"], fields["proven"], report.table([ONE])[0].fields["url"]) == ("failed", False, "http://x")


def test_one_line_counts_and_the_summary_page_shows_what_happened():
    assert report.summary(ALL, "dev") == "1 deployed, 1 unchanged, 1 failed, 1 not started on dev"
    page = report.for_ci(ALL, "dev").markdown
    assert "| two | wave 1 | failed |" in page
    assert "| four |" not in page


def test_junit_cases_fail_with_the_error_and_skip_what_was_not_started():
    one, two, three, four = report.for_ci(ALL, "dev").cases
    assert (one.failure, one.skipped, one.group, one.seconds) == (None, "", "dev.canary", 12.34)
    assert ("url", "http://x") in one.properties
    assert two.failure == ("DeployFailedError", "It crashed. Mend it.")
    assert three.skipped
    assert (four.failure, four.skipped) == (None, "")


def test_a_rollout_that_did_not_begin_is_told_as_one_failure():
    told = report.refusal(ConflictError("one: its newest revision is r2.", "Plan again."), "dev")
    (case,) = told.cases
    assert (case.name, case.failure) == ("plan", ("ConflictError", "one: its newest revision is r2. Plan again."))
    assert told.markdown == "## Rollout to dev refused\n\none: its newest revision is r2.\n\nPlan again.\n"


def test_all_is_well_without_a_failure():
    assert report.error((ONE, FOUR)) is None


@pytest.mark.parametrize(("second", "exit_code"), [(DeployFailedError("x"), 20), (UnprovenError("x"), 1)])
def test_the_exit_code_is_that_of_the_agents_that_failed_where_they_agree(second, exit_code):
    other = Outcome("five", "wave 1", "1.0", State.FAILED, error=second)
    error = report.error((*ALL, other))
    assert isinstance(error, FleetError)
    assert (error.exit_code, error.what) == (exit_code, "Not deployed: two, five. Not started: three.")
    assert error.remedy == "Mend it."


def test_after_ctrl_c_the_remedies_say_how_to_go_on_with_each():
    stopped = [
        Outcome(name, "wave 1", "1", State.INTERRUPTED, error=StoppedError("x", f"wait {name}")) for name in "ab"
    ]
    error = report.error([*stopped, TWO, THREE])
    assert error is not None
    assert error.what == "Not deployed: two. Interrupted: a, b. Not started: three."
    assert (error.exit_code, error.remedy) == (130, "wait a\nwait b\nMend it.")
