"""With real processes: what must hold cannot be shown by imitations."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from langsmith_sandbox.cluster import shim
from langsmith_sandbox.cluster.errors import ContainerStartError
from langsmith_sandbox.cluster.runtime import Command, ContainerProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATH = {"PATH": "/usr/bin:/bin"}
WAIT = 20.0
# A child in a session of its own, as a daemon would be, whose pid is told before the parent goes on.
DAEMON = "setsid sleep 300 & echo $!"


@pytest.fixture
def start(tmp_path: Path):
    started: list[ContainerProcess] = []

    def run(script: str, memory: int | None = None) -> tuple[ContainerProcess, threading.Event, Path]:
        ended = threading.Event()
        command = Command(("sh", "-c", script), PATH, tmp_path, memory)
        process = ContainerProcess.start(command, tmp_path / "log", on_exit=ended.set)
        started.append(process)
        return process, ended, tmp_path / "log"

    yield run
    for process in started:
        process.kill()
        assert process.wait(WAIT)


def _first_line(log: Path, ended_within: Callable[[float], bool]) -> str:
    for _ in range(int(WAIT * 50)):
        if log.exists() and log.read_text().count("\n"):
            return log.read_text().split(" ", 2)[2].partition("\n")[0]
        assert not ended_within(0.02), "the program ended before it said anything"
    raise AssertionError("no output")


def _ends_within(process: psutil.Popen, seconds: float) -> bool:
    return not psutil.wait_procs([process], seconds)[1]


def _gone(pid: int) -> bool:
    try:
        psutil.Process(pid).wait(WAIT)
    except psutil.NoSuchProcess:
        return True
    return not psutil.pid_exists(pid)


def test_the_programs_own_exit_code_is_reported(start: Callable):
    process, ended, _ = start("exit 7")
    assert ended.wait(WAIT), "whoever waits for the container must be woken"
    assert process.exit_code == 7


def test_a_program_ended_by_a_signal_reports_128_and_its_number(start: Callable):
    process, ended, _ = start("kill -KILL $$")
    assert ended.wait(WAIT)
    assert process.exit_code == 137


def test_a_program_that_holds_more_than_it_may_is_killed_with_all_it_started_and_says_so(start: Callable):
    hoard = f"{sys.executable} -c 'import time; hoard = bytearray(200 * 2**20); time.sleep(300)'"
    process, ended, log = start(f"{DAEMON}; {hoard}", 100 * 2**20)
    assert ended.wait(WAIT)
    assert (process.exit_code, process.out_of_memory) == (137, True)
    assert _gone(int(_first_line(log, ended.wait))), "nothing of the container is left"


def test_a_program_within_its_limit_is_left_alone_and_one_killed_by_others_was_not_out_of_memory(start: Callable):
    process, ended, _ = start("sleep 0.2; kill -KILL $$", 100 * 2**20)
    assert ended.wait(WAIT)
    assert (process.exit_code, process.out_of_memory) == (137, False)


def test_output_is_logged_with_time_and_stream_and_an_unfinished_line_is_not_lost(start: Callable):
    _, ended, log = start("echo out; echo err >&2; printf last")
    assert ended.wait(WAIT)
    lines = [line.split(" ", 2) for line in log.read_text().splitlines()]
    assert sorted((stream, text) for _, stream, text in lines) == [
        ("stderr", "err"),
        ("stdout", "last"),
        ("stdout", "out"),
    ]
    assert all(len(stamp) == len("2026-01-01T00:00:00.123456789Z") for stamp, _, _ in lines)


def test_a_term_signal_reaches_the_program_which_may_end_in_peace(start: Callable):
    process, ended, log = start("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done")
    assert _first_line(log, process.wait) == "up"
    process.terminate()
    assert ended.wait(WAIT)
    assert process.exit_code == 0
    assert log.read_text().endswith("bye\n")


def test_killing_ends_daemons_in_other_sessions_too(start: Callable):
    process, ended, log = start(f"{DAEMON}; trap '' TERM; while :; do sleep 1; done")
    daemon = int(_first_line(log, process.wait))
    process.kill()
    assert ended.wait(WAIT)
    assert _gone(daemon)


def test_what_a_program_leaves_running_ends_with_it(start: Callable):
    process, ended, log = start(DAEMON)
    assert ended.wait(WAIT)
    assert process.exit_code == 0
    assert _gone(int(log.read_text().split(" ", 2)[2]))


def test_nothing_survives_when_the_agent_is_killed(tmp_path: Path):
    agent = f"""
import pathlib, threading
from langsmith_sandbox.cluster.runtime import Command, ContainerProcess
command = Command(("sh", "-c", "{DAEMON}; wait"), {PATH!r}, pathlib.Path({str(tmp_path)!r}))
ContainerProcess.start(command, pathlib.Path({str(tmp_path / "log")!r}), on_exit=lambda: None)
threading.Event().wait()
"""
    process = psutil.Popen([sys.executable, "-c", agent], env=dict(os.environ))
    daemon = int(_first_line(tmp_path / "log", lambda seconds: _ends_within(process, seconds)))
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait(WAIT)
    assert _gone(daemon), "a SIGKILL gives the agent no chance to clean up, so the shim must"
    assert psutil.wait_procs(family, WAIT)[1] == []


def test_a_program_that_does_not_exist_says_so_in_the_log(tmp_path: Path):
    ended = threading.Event()
    command = Command(("/no/such/program",), PATH, tmp_path)
    process = ContainerProcess.start(command, tmp_path / "log", on_exit=ended.set)
    assert ended.wait(WAIT)
    assert process.exit_code == shim.CANNOT_RUN
    assert "/no/such/program: No such file or directory" in (tmp_path / "log").read_text()


def test_a_working_directory_that_is_missing_is_a_start_error(tmp_path: Path):
    with pytest.raises(ContainerStartError, match="failed to start"):
        ContainerProcess.start(Command(("sh",), PATH, tmp_path / "none"), tmp_path / "log", on_exit=lambda: None)
