"""Back-off grows, is bounded, spreads clients, and obeys the server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from langsmith_control_plane.retry import RetryPolicy, parse_retry_after


def test_waits_double_and_are_bounded() -> None:
    policy = RetryPolicy(first_wait=1.0, longest_wait=5.0)
    assert [policy.wait(tried, None, 1.0) for tried in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 5.0], "exponential, then flat"


def test_jitter_shortens_a_wait_by_at_most_half() -> None:
    policy = RetryPolicy(first_wait=1.0)
    assert (policy.wait(1, None, 0.0), policy.wait(1, None, 1.0)) == (0.5, 1.0), "clients that failed together part"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("Sun, 01 Nov 2026 08:00:30 GMT", 30.0),
        ("Sun, 01 Nov 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_ignored(header: str | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 1, 8, 0, 0, tzinfo=UTC)
    assert parse_retry_after(header, now) == seconds, "seconds or a date are allowed; anything else means no wish"
