from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.cluster.kubelet_api import LogQuery, read_log

if TYPE_CHECKING:
    from pathlib import Path

LINES = "".join(f"2026-01-01T00:00:0{n}.000000000Z stdout line {n}\n" for n in range(1, 5))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log").write_text(LINES)
    return tmp_path / "log"


def _read(log: Path, query: str = "") -> str:
    return b"".join(read_log(log, LogQuery.parse(query, now=1767225605), ended=lambda: True)).decode()


def test_lines_are_shown_without_time_and_stream(log: Path):
    assert _read(log) == "line 1\nline 2\nline 3\nline 4\n"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tailLines=1", "line 4"),
        ("sinceTime=2026-01-01T00:00:03Z", "line 3"),
        ("sinceSeconds=3", "line 2"),
        ("timestamps=true", "2026-01-01T00:00:01.000000000Z line 1"),
        ("limitBytes=10", "line 1\nlin"),
    ],
)
def test_options_of_kubectl_logs_are_honoured(log: Path, query: str, first: str):
    assert _read(log, query).startswith(first)


def test_no_lines_are_shown_when_none_are_asked_for(log: Path):
    assert _read(log, "tailLines=0") == ""


def test_following_goes_on_until_the_container_ends_and_loses_no_last_line(log: Path):
    turns = iter(["line 5", "line 6"])

    def ended() -> bool:
        text = next(turns)
        with log.open("a") as file:
            file.write(f"2026-01-01T00:00:05.000000000Z stderr {text}\n")
        return text == "line 6"

    shown = b"".join(read_log(log, LogQuery(follow=True, tail=1), ended=ended, pause=lambda _: None))
    assert shown == b"line 4\nline 5\nline 6\n"


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="many"):
        LogQuery.parse("tailLines=many", now=0)
