"""What people and machines are told."""

from __future__ import annotations

import io
import json

import pytest

from langsmith_client.errors import DeployFailedError
from langsmith_client.progress import JsonReporter, PlainReporter, RichReporter, reporter_for

ERROR = DeployFailedError("It failed.", "Try again.")


def test_machines_get_one_versioned_object_a_line():
    out = io.StringIO()
    reporter = JsonReporter(out)
    reporter.say("status", "revision r is DEPLOYED", status="DEPLOYED")
    reporter.finish("result", {"for": "people"}, name="greeter")
    reporter.fail(ERROR)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {"schema": 1, "event": "status", "message": "revision r is DEPLOYED", "status": "DEPLOYED"},
        {"schema": 1, "event": "result", "name": "greeter"},
        {"schema": 1, "event": "error", "exit_code": 20, "what": "It failed.", "remedy": "Try again."},
    ]


def test_plain_progress_goes_beside_the_result_and_not_into_it(clock):
    out, log = io.StringIO(), io.StringIO()
    reporter = PlainReporter(out, log, clock=clock)
    clock.now = 1.26
    reporter.say("image", "pushed")
    reporter.finish("result", {"url": "http://x"})
    reporter.fail(ERROR)
    assert out.getvalue() == "url         http://x\n", "a script may read the result"
    assert log.getvalue() == "   1.3s  image     pushed\nError: It failed.\nTry again.\n"


def test_the_terminal_shows_square_brackets_as_they_are(clock):
    out, log = io.StringIO(), io.StringIO()
    reporter = RichReporter(out, log, clock=clock)
    reporter.say("dirty", "greeter/[a].txt")
    reporter.finish("result", {"url": "http://[::1]/x"})
    assert "greeter/[a].txt" in log.getvalue(), "markup would eat them"
    assert "http://[::1]/x" in out.getvalue()


class Terminal(io.StringIO):
    """An output that people watch."""

    def isatty(self):
        return True


def test_colour_is_for_terminals_only():
    assert isinstance(reporter_for(Terminal(), Terminal(), as_json=False), RichReporter)
    assert isinstance(reporter_for(Terminal(), io.StringIO(), as_json=False), PlainReporter)
    assert isinstance(reporter_for(Terminal(), Terminal(), as_json=True), JsonReporter)


CYAN = "36m"  # within an escape sequence


@pytest.mark.parametrize(("no_color", "coloured"), [(None, True), ("1", False)])
def test_no_color_is_honoured_on_a_terminal(monkeypatch, clock, no_color, coloured):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    log = Terminal()
    RichReporter(Terminal(), log, clock=clock).say("image", "pushed")
    assert (CYAN in log.getvalue()) == coloured
    assert "pushed" in log.getvalue()
