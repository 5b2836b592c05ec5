"""Parts as processes: readiness, failure and the end."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import pytest
from watching import runs

from langsmith_sandbox.part import Part
from langsmith_sandbox.supervisor.crew import Crew
from langsmith_sandbox.supervisor.errors import PartFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)


@contextlib.contextmanager
def crew_in(folder: Path, grace: float = 5.0) -> Iterator[Crew]:
    crew = Crew(os.environ, folder, lambda: None, grace)
    try:
        yield crew
    finally:
        crew.stop([state.name for state in crew.states()])
        crew.close()


def test_a_part_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    part = Part("stubborn", (sys.executable, "-c", STUBBORN), ready=lambda: "ready" in log.read_text())
    with crew_in(tmp_path, grace=0.1) as crew:
        crew.start([part])
        (state,) = crew.states()
        crew.stop(["stubborn"])
        assert not runs(state.pid)
        assert crew.states() == ()


def test_a_part_that_never_answers_fails_after_its_own_time(tmp_path: Path) -> None:
    with crew_in(tmp_path) as crew:
        with pytest.raises(PartFailedError, match=r"silent was not ready after 0 s\. It said nothing"):
            crew.start([Part("silent", ("sleep", "600"), ready=lambda: False, start_timeout=0.1)])
        assert [state.status for state in crew.states()] == ["failed"]


def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with crew_in(tmp_path) as crew, pytest.raises(PartFailedError, match="ghost cannot be started"):
        crew.start([Part("ghost", (str(tmp_path / "ghost"),))])


def test_parts_wait_for_readiness_side_by_side(tmp_path: Path) -> None:
    ready: set[str] = set()

    def needs(other: str, own: str):
        def check() -> bool:
            ready.add(own)
            return other in ready

        return check

    with crew_in(tmp_path) as crew:
        crew.start(
            [Part("a", ("sleep", "600"), ready=needs("b", "a")), Part("b", ("sleep", "600"), ready=needs("a", "b"))]
        )
        assert [state.status for state in crew.states()] == ["ready", "ready"], "in turn, each would wait for ever"
