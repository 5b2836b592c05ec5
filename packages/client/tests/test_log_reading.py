"""Logs are read whole, followed without gaps or repeats, and shown without secrets."""

from __future__ import annotations

import pytest

from langsmith_client.errors import TargetUnavailableError
from langsmith_client.log_reading import MASK, PAUSE, Log, Redactor, follow_log, rows
from langsmith_client.patience import Patience
from langsmith_client.target.protocol import Deployment, LogLine

DEPLOYMENT = Deployment("d1", "greeter", {}, None)


def lines(first, last, level="INFO"):
    return [LogLine(f"2026-11-02T12:00:{number:05}Z", level, f"line {number}") for number in range(first, last)]


@pytest.fixture
def log(target):
    """The log of an agent that wrote a thousand and one lines."""
    target.lines = lines(0, 1001)
    return Log(target, DEPLOYMENT)


@pytest.mark.parametrize("limit", [1, 499, 500, 501, 1001, 5000])
def test_the_newest_lines_are_read_over_as_many_pages_as_it_takes(log, limit):
    assert log.newest(limit) == lines(max(0, 1001 - limit), 1001)


def test_only_lines_of_the_level_are_read(target):
    target.lines = lines(0, 3) + lines(3, 5, "ERROR")
    assert Log(target, DEPLOYMENT, level="ERROR").newest(10) == lines(3, 5, "ERROR")


def test_a_log_that_is_empty_is_no_lines(target):
    assert Log(target, DEPLOYMENT).newest(10) == []


def test_a_cursor_that_leads_nowhere_new_ends_the_reading(target, log):
    whole = target.logs
    target.logs = lambda *arguments, **options: whole(*arguments, **{**options, "cursor": "500"})
    assert len(log.newest(5000)) == 1000, "instead of reading the same page for ever"


def test_new_lines_are_those_after_the_known_ones_even_over_several_pages(target, log):
    assert log.since(lines(900, 1001)) == []
    target.lines += lines(1001, 2600)
    assert log.since(lines(900, 1001)) == lines(1001, 2600)


def test_older_lines_that_were_not_asked_for_do_not_turn_up_as_new_ones(target, log):
    shown = log.newest(1)
    target.lines += lines(1001, 1003)
    assert log.since(shown) == lines(1001, 1003)


def test_a_line_that_arrives_late_between_known_ones_is_new(target):
    target.lines = lines(0, 2) + lines(3, 5)
    log = Log(target, DEPLOYMENT)
    known = log.newest(10)
    target.lines = lines(0, 6)
    assert log.since(known) == [*lines(2, 3), *lines(5, 6)]


def test_two_equal_lines_at_one_instant_are_both_shown_when_they_come_together(target):
    target.lines = lines(0, 1) * 2
    assert len(Log(target, DEPLOYMENT).newest(10)) == 2


@pytest.fixture
def patience(clock):
    """Waits without taking time."""
    return Patience(lambda text: None, clock, clock.sleep)


def test_following_shows_each_line_once_and_what_was_written_up_to_the_end(target, clock, patience):
    target.lines = lines(0, 2)
    log = Log(target, DEPLOYMENT)
    written = iter([lines(2, 3), [], lines(3, 5)])
    left = iter([False, False, True])

    def ended():
        target.lines = target.lines + next(written)
        return next(left)

    found = list(follow_log(log, log.newest(10), ended=ended, patience=patience, sleep=clock.sleep))
    assert [line for some in found for line in some] == lines(2, 5)
    assert clock.pauses == [PAUSE, PAUSE], "a look, a pause, a look; none after the last"


def test_an_outage_while_following_neither_ends_it_nor_loses_a_line(target, clock, patience):
    whole, outages = target.logs, iter([TargetUnavailableError("502"), TargetUnavailableError("502")])

    def logs(*arguments, **options):
        for error in outages:
            raise error
        return whole(*arguments, **options)

    target.lines, target.logs = lines(0, 2), logs
    log = Log(target, DEPLOYMENT)
    found = list(follow_log(log, [], ended=lambda: True, patience=patience, sleep=clock.sleep))
    assert found == [lines(0, 2)]


SECRET = 'pa"ss/word&1'


@pytest.mark.parametrize(
    "text",
    [
        f"connecting with {SECRET}",
        f"{SECRET}{SECRET}",
        'body: {"password": "pa\\"ss/word&1"}',
        "postgres://user:pa%22ss/word%261@host",
        "postgres://user:pa%22ss%2Fword%261@host",
    ],
)
def test_values_of_variables_are_masked_in_every_form_they_are_written_in(text):
    shown = Redactor({"PASSWORD": SECRET})(text)
    assert MASK in shown
    assert "word" not in shown.replace("password", "")


def test_each_line_of_a_value_is_masked_since_logs_are_cut_at_line_ends():
    redact = Redactor({"KEY": "-----BEGIN KEY-----\nMIIBVgIBADANBg\n-----END KEY-----\n"})
    assert redact("read MIIBVgIBADANBg") == f"read {MASK}"


def test_of_values_that_contain_each_other_nothing_is_left_over():
    redact = Redactor({"SHORT": "secret", "LONG": "secret-and-more"})
    assert redact("secret-and-more secret") == f"{MASK} {MASK}"


def test_short_values_stay_since_masking_them_would_garble_every_line():
    assert Redactor({"DEBUG": "true", "PORT": "8000"})("it is true on 8000") == "it is true on 8000"


def test_variables_whose_value_is_not_returned_are_named_because_they_cannot_be_masked():
    assert Redactor({"B": None, "A": None, "C": "x"}).unknown == ["A", "B"]


def test_an_environment_without_values_masks_nothing():
    assert Redactor({})("text") == "text"


def test_control_characters_do_not_reach_the_terminal_and_machines_get_the_line_as_it_was():
    (row,) = rows([LogLine("t", "INFO", "\x1b[2Jgone\r\n\tstill here\n")], Redactor({}))
    assert row.cells["message"] == "\\x1b[2Jgone\\x0d\n\tstill here"
    assert row.fields["message"] == "\x1b[2Jgone\r\n\tstill here\n"


def test_machines_get_masked_lines_too():
    (row,) = rows([LogLine("t", "INFO", f"x {SECRET}")], Redactor({"P": SECRET}))
    assert row.fields["message"] == f"x {MASK}"
