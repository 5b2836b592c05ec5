"""Running a tool of the product."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.walkthrough.errors import ToolStuckError
from langsmith_sandbox.walkthrough.tools import Tools

if TYPE_CHECKING:
    from pathlib import Path


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


def test_what_a_tool_says_is_heard_line_by_line_returned_and_kept(tmp_path: Path) -> None:
    heard: list[str] = []
    said = "import sys; print('one'); print('two'); print('oh', file=sys.stderr); sys.exit(3)"
    outcome = Tools(os.environ, tmp_path / "logs").run("step", python(said), tmp_path, heard=heard.append)

    assert (outcome.code, outcome.lines) == (3, ("one", "two"))
    assert heard == ["one", "two"]
    assert outcome.log.read_text() == "one\ntwo\n"
    assert outcome.log.with_suffix(".stderr.log").read_text() == "oh\n"


def test_what_is_given_arrives_on_standard_input_and_in_no_log(tmp_path: Path) -> None:
    measure = "import sys; print(len(sys.stdin.read()))"
    outcome = Tools(os.environ, tmp_path).run("step", python(measure), tmp_path, given="canary")
    assert outcome.lines == ("6",)
    assert "canary" not in outcome.log.read_text()


def test_a_tool_that_reads_nothing_is_no_error(tmp_path: Path) -> None:
    assert Tools(os.environ, tmp_path).run("step", python("pass"), tmp_path, given="x" * 1_000_000).code == 0


def test_a_tool_that_does_not_end_is_stopped_and_named(tmp_path: Path) -> None:
    tools = Tools(os.environ, tmp_path, timeout=0.2)
    with pytest.raises(ToolStuckError, match="'pulumi-up' did not end") as caught:
        tools.run("pulumi-up", python("import time; time.sleep(600)"), tmp_path)
    assert caught.value.exit_code == 20


def test_the_environment_with_its_key_is_not_shown_when_printed(tmp_path: Path) -> None:
    assert "canary" not in repr(Tools({"LANGSMITH_API_KEY": "canary"}, tmp_path))
