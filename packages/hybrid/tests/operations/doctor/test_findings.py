"""What findings come to."""

from __future__ import annotations

import pytest

from langsmith_hybrid.operations.doctor import Findings
from langsmith_hybrid.operations.doctor.checks import Check, run
from langsmith_hybrid.operations.doctor.findings import State, fail, ok, unknown, warn
from langsmith_hybrid.operations.errors import (
    AccessError,
    AccessExpiredError,
    AwsError,
    LangSmithError,
    PreflightError,
)

GOOD = ok("a", "Fine.")
QUOTA = fail("quota-vpcs", "All are used.", "Remove one.")


def test_warnings_and_what_could_not_be_seen_stand_in_nobodys_way() -> None:
    Findings((GOOD, warn("b", "Hm.", "Look."), unknown("c", "Who knows.", "Ask."))).raise_failures()


def test_one_failure_speaks_for_itself() -> None:
    with pytest.raises(PreflightError, match=r"^quota-vpcs: All are used\. Remove one\.$"):
        Findings((GOOD, QUOTA)).raise_failures()


def test_several_failures_are_named_once_each() -> None:
    error = Findings((QUOTA, QUOTA, fail("lock", "Held.", "Wait."))).error
    assert error is not None
    assert error.what == "3 things stand in the way: quota-vpcs, lock."


@pytest.mark.parametrize(
    ("kinds", "code"),
    [((), 50), ((AccessError,), 40), ((AccessExpiredError,), 41), ((AccessError, AccessExpiredError), 41)],
)
def test_credentials_decide_the_exit_code_before_anything_else(kinds: tuple[type[AccessError], ...], code: int) -> None:
    failed = [QUOTA, *(fail("aws-credentials", "No.", "Log in.", kind) for kind in kinds)]
    error = Findings(tuple(failed)).error
    assert error is not None
    assert error.exit_code == code


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (AwsError("Throttled.", "Wait."), State.UNKNOWN),
        (LangSmithError("503.", "Wait."), State.FAIL),
        (AccessExpiredError("Over.", "Log in."), State.FAIL),
        (KeyError("secret"), State.UNKNOWN),
    ],
)
def test_whatever_happens_in_a_check_is_a_finding(error: Exception, state: State) -> None:
    def look() -> list:
        raise error

    (finding, after) = run([Check("one", look), Check("two", lambda: [GOOD])])
    assert (finding.check, finding.state, after) == ("one", state, GOOD)
    assert "secret" not in finding.what, "the words of an unexpected error are nobody's to show"


def test_findings_keep_the_order_of_their_checks_and_not_that_of_the_answers() -> None:
    import threading

    last_is_done = threading.Event()

    def first() -> list:
        assert last_is_done.wait(10), "the others do not wait for the first"
        return [ok("first", "")]

    def last() -> list:
        last_is_done.set()
        return [ok("last", "")]

    assert [finding.check for finding in run([Check("first", first), Check("last", last)])] == ["first", "last"]
