"""A deploy of older code than runs is noticed, and nothing is claimed that the labels do not say."""

from __future__ import annotations

import pytest

from langsmith_client.going_back import going_back
from langsmith_client.identity import Identity

NOON = Identity(tag="2.0.0-bbbb", commit="b" * 40, created="2026-11-02T12:00:00Z")


def of(created: str | None, commit: str | None = "a" * 40) -> Identity:
    return Identity(tag="1.0.0-aaaa", commit=commit, created=created)


@pytest.mark.parametrize("created", ["2026-11-01T12:00:00Z", "2026-11-02T12:59:00+01:00", "2026-11-01T12:00:00"])
def test_an_earlier_commit_goes_back(created):
    note = going_back(NOON, of(created))
    assert note is not None
    assert note.startswith("This goes back: 2.0.0-bbbb runs")
    assert "1.0.0-aaaa" in note


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(of("2026-11-03T12:00:00Z"), id="later"),
        pytest.param(of("2026-11-02T12:00:00Z"), id="of the same time"),
        pytest.param(of("1970-01-01T00:00:00Z", commit=None), id="without a commit"),
        pytest.param(of(None), id="without a time"),
        pytest.param(of("yesterday"), id="no time"),
    ],
)
def test_what_is_not_known_to_be_earlier_does_not(wanted):
    assert going_back(NOON, wanted) is None
    assert going_back(Identity(problem="The registry no longer has it."), wanted) is None
