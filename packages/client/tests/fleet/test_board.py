"""Progress of many agents, as lines and as a table that moves."""

from __future__ import annotations

import io

from langsmith_client.errors import BuildError
from langsmith_client.fleet.board import AgentReporter, LineBoard
from langsmith_client.fleet.live_board import LiveBoard
from langsmith_client.table import Row


class KeepingBoard:
    def __init__(self):
        self.told = []

    def tell(self, agent, event, text, **fields):
        self.told.append((agent, event, text, fields))


def test_an_agents_reporter_tells_the_board_everything_and_remembers_the_revision():
    board = KeepingBoard()
    reporter = AgentReporter("one", board)
    reporter.say("revision", "made r1", revision_id="r1")
    reporter.say("status", "is DEPLOYING", status="DEPLOYING")
    reporter.table("log", [Row({"level": "ERROR", "message": "It crashed"}, {"level": "ERROR"})])
    reporter.finish("result", {"revision": "r1 (DEPLOYED, served)"}, revision_id="r1", proven=True)
    reporter.fail(BuildError("It broke.", "Mend it."))
    assert [(event, text) for _, event, text, _ in board.told] == [
        ("revision", "made r1"),
        ("status", "is DEPLOYING"),
        ("log", "ERROR It crashed"),
        ("done", "r1 (DEPLOYED, served)"),
        ("failed", "It broke."),
    ]
    assert board.told[-1][3] == {"exit_code": 10, "what": "It broke.", "remedy": "Mend it."}
    assert reporter.revision_id == "r1"


def test_lines_begin_with_the_agent(reporter):
    LineBoard(reporter).tell("one", "build", "building")
    assert reporter.said == [("build", "one: building")]


def shown(board, screen):
    board._console.print(board.render())
    return [line.split() for line in screen.getvalue().splitlines()]


def test_the_table_shows_each_agents_last_word_and_how_long_it_has_been_at_work(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    screen = io.StringIO()
    board = LiveBoard(screen, {"one": "canary", "ended": "canary", "two": "wave 1"}, clock=clock)
    board.tell("one", "build", "building")
    board.tell("ended", "done", "r0")
    clock.sleep(75)
    board.tell("one", "status", "revision r1\nis DEPLOYING")
    assert shown(board, screen) == [
        ["agent", "turn", "seconds", "state"],
        ["one", "canary", "75", "status", "revision", "r1", "is", "DEPLOYING"],
        ["ended", "canary", "0", "done", "r0"],
        ["two", "wave", "1", "waiting"],
    ]


def test_on_a_low_terminal_whoever_is_at_work_or_has_failed_comes_first(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LINES", "4")
    screen = io.StringIO()
    board = LiveBoard(screen, dict.fromkeys(["done", "waits", "works", "broke", "last"], "wave 1"))
    for agent, event in (("done", "done"), ("works", "status"), ("broke", "failed")):
        board.tell(agent, event, "-")
    assert [line[0] for line in shown(board, screen)[1:]] == ["works", "broke", "done", "waits", "last"]


def test_the_table_gives_way_to_what_is_printed_after_it():
    screen = io.StringIO()
    with LiveBoard(screen, {"one": "canary"}) as board:
        board.tell("one", "done", "r1")
    assert "one" not in screen.getvalue(), "without a terminal nothing is left behind"
