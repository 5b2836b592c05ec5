"""What a person reads in the end."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.progress import PlainProgress, elapsed
from langsmith_sandbox.walkthrough.agent import Deployed
from langsmith_sandbox.walkthrough.down import down
from langsmith_sandbox.walkthrough.timed import Timed
from langsmith_sandbox.walkthrough.up import Story, told

if TYPE_CHECKING:
    from langsmith_sandbox.paths import WorldPaths


def test_the_last_lines_hold_the_answer_the_image_the_revision_the_urls_and_the_times() -> None:
    deployed = Deployed("hello", "hello:0.1.0-abc", "sha256:1", "r-1", changed=False, built=False, url="http://a/lgp/h")
    urls = {"agent": deployed.url, "AWS": "http://aws"}
    text = told(Story("Hello!", deployed, "85 unchanged", urls, {"stack": 2.0}, "stack 2.0 s · in all 2.0 s"))
    for fact in ("Hello!", "hello:0.1.0-abc", "sha256:1", "r-1", "unchanged, served", "http://aws", "in all 2.0 s"):
        assert fact in text


def test_each_step_is_announced_and_its_seconds_are_summed_up() -> None:
    moments = iter([0.0, 2.0, 10.0, 75.0])
    said = io.StringIO()
    timed = Timed(PlainProgress(said), clock=lambda: next(moments))
    with timed.step("world"):
        pass
    with timed.measured("stack"):
        pass
    assert timed.seconds == {"world": 2.0, "stack": 65.0}
    assert timed.summary() == "world 2.0 s · stack 1 min 05 s · in all 1 min 07 s"
    assert "world: started" in said.getvalue()


def test_a_step_that_fails_still_counts() -> None:
    timed = Timed(PlainProgress(io.StringIO()))
    with pytest.raises(ZeroDivisionError), timed.step("stack"):
        _ = 1 / 0
    assert "stack" in timed.seconds


def test_where_there_is_no_sandbox_nothing_is_started_to_take_it_down(paths: WorldPaths) -> None:
    assert down(paths, PlainProgress(io.StringIO())).resources is None
    assert not paths.home.exists()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (60, "1 min 00 s"), (187.4, "3 min 07 s")]
)
def test_durations_are_written_as_people_read_them(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text
