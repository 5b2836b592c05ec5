"""Several at a time, none after the brake, and nobody left sleeping after Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from langsmith_client.errors import BuildError, ClientError, StoppedError
from langsmith_client.fleet.crew import Brake, attempt, together

NAMES = ["one", "two", "three", "four"]


def test_as_many_work_at_the_same_time_as_there_are_workers():
    meeting = threading.Barrier(2, timeout=30)  # breaks unless two are there together
    done = together(NAMES, lambda name: meeting.wait() >= 0, workers=2, brake=Brake())
    assert done == dict.fromkeys(NAMES, True)


def test_after_the_brake_nobody_begins_and_who_is_at_work_finishes():
    brake, together_now = Brake(), threading.Barrier(2, timeout=30)

    def work(name):
        together_now.wait()
        brake.halt()
        return name

    assert set(together(NAMES, work, workers=2, brake=brake)) == {"one", "two"}


class Announced(list[str]):
    """Names that tell when all of them have been handed out."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.handed_out = threading.Event()

    def __iter__(self):
        yield from super().__iter__()
        self.handed_out.set()


def test_ctrl_c_wakes_everybody_who_sleeps_and_all_are_heard(interruptible):
    brake, names, both_are_there = Brake(), Announced(NAMES), threading.Barrier(2, timeout=30)

    def work(name):
        names.handed_out.wait(30)
        if both_are_there.wait() == 0:
            os.kill(os.getpid(), signal.SIGINT)  # as the terminal does: to the process, not to a thread
        return attempt(name, lambda: brake.sleep(60))

    done = together(names, work, workers=2, brake=brake)
    assert brake.interrupted
    assert {name: type(end) for name, end in done.items()} == {"one": StoppedError, "two": StoppedError}


def test_a_defect_is_not_swallowed():
    def work(name):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        together(NAMES, work, workers=2, brake=Brake())


def test_an_attempt_gives_what_it_made_or_the_error_that_ended_it():
    def fail():
        raise BuildError("It does not build.")

    def full():
        raise OSError(28, "No space left on device", "/cache/layer")

    assert attempt("one", lambda: 5) == 5
    assert isinstance(attempt("one", fail), BuildError)
    error = attempt("one", full)
    assert isinstance(error, ClientError)
    assert error.what == "/cache/layer cannot be used (No space left on device)."


def test_without_ctrl_c_a_sleep_is_a_sleep():
    brake = Brake()
    brake.halt()
    brake.sleep(0.0)
    assert (brake.halted, brake.interrupted) == (True, False)
