"""Tables line up for people and lose nothing for machines."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest

from langsmith_client.progress import JsonReporter, PlainReporter, RichReporter
from langsmith_client.table import Row, age, aligned

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
ROWS = [
    Row({"name": "a", "url": "http://x/a"}, {"name": "a", "url": "http://x/a", "more": 1}),
    Row({"name": "longer", "url": "-"}, {"name": "longer", "url": None, "more": 2}),
]


def test_columns_are_as_wide_as_their_widest_cell_and_lines_have_no_blanks_at_their_end():
    assert aligned(ROWS) == ["NAME    URL", "a       http://x/a", "longer  -"]


def test_no_rows_make_no_lines_not_even_headings():
    assert aligned([]) == []


def test_a_table_that_grows_as_it_is_shown_has_no_headings():
    assert aligned(ROWS, headings=False) == ["a       http://x/a", "longer  -"]


def test_machines_get_one_event_a_row_with_everything_that_is_known():
    out = io.StringIO()
    JsonReporter(out).table("agent", ROWS)
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(each["schema"], each["event"], each["more"]) for each in events] == [(1, "agent", 1), (1, "agent", 2)]


@pytest.mark.parametrize("reporter", [PlainReporter, RichReporter])
def test_people_get_the_same_lines_on_the_output_whether_or_not_they_watch(reporter):
    out, log = io.StringIO(), io.StringIO()
    reporter(out, log).table("agent", ROWS)
    reporter(out, log).table("agent", ROWS, headings=False)
    assert out.getvalue().splitlines() == aligned(ROWS) + aligned(ROWS, headings=False)
    assert not log.getvalue(), "a table is a result, not progress"


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-11-02T11:59:15Z", "45s"),
        ("2026-11-02T11:59:00+00:00", "1m"),
        ("2026-11-02T09:30:00", "2h"),
        ("2026-10-30T12:00:00Z", "3d"),
        ("2026-11-02T12:00:09Z", "0s"),
        ("yesterday", "-"),
        (None, "-"),
    ],
)
def test_ages_have_one_unit_and_unknown_ones_a_dash(instant, shown):
    assert age(instant, NOW) == shown
