"""A container's life with a clock the test turns and processes the test ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from langsmith_sandbox.cluster import container as container_module
from langsmith_sandbox.cluster.container import NEVER, Container, PreparedRun
from langsmith_sandbox.cluster.container_state import Running, Terminated, Waiting
from langsmith_sandbox.cluster.errors import ContainerConfigError, ContainerStartError, ImageError
from langsmith_sandbox.cluster.images import Image
from langsmith_sandbox.cluster.runtime import Command

IMAGE = Image("team/app:1", "docker.io/team/app@sha256:0", Path("/"), {})
SPEC = {"name": "main", "image": "team/app:1"}


class FakeProcess:
    def __init__(self) -> None:
        self.exit_code: int | None = None
        self.out_of_memory = False
        self.calls: list[str] = []

    def terminate(self) -> None:
        self.calls.append("terminate")

    def kill(self) -> None:
        self.calls.append("kill")


class World:
    """The node around one container, as far as the container sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.problem: Exception | None = None
        self.last_words = Path("/nowhere")
        self.processes: list[FakeProcess] = []
        self.events: list[tuple[str, str]] = []
        monkeypatch.setattr(container_module, "ContainerProcess", self)

    def make(self, policy: str = "Always", before: dict[str, Any] | None = None) -> Container:
        return Container(SPEC, policy, self, lambda: None, before=before, clock=lambda: self.now)

    def start(self, *_: object, **__: object) -> FakeProcess:
        self.processes.append(FakeProcess())
        return self.processes[-1]

    def image(self, container: dict[str, Any]) -> Image:
        if isinstance(self.problem, ImageError):
            raise self.problem
        return IMAGE

    def run(self, container: dict[str, Any], image: Image, attempt: int) -> PreparedRun:
        if self.problem:
            raise self.problem
        return PreparedRun(Command((), {}, Path("/")), Path(f"/log.{attempt}"), {}, self.last_words)

    def event(self, kind: str, reason: str, message: str) -> None:
        self.events.append((reason, message))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def _waiting(container: Container) -> Waiting:
    state = container.view().state
    assert isinstance(state, Waiting)
    return state


def test_a_started_container_runs_with_the_digest_it_was_pulled_by(world: World):
    container = world.make()
    container.advance()
    assert isinstance(container.view().state, Running)
    assert container.view().image_id == IMAGE.image_id
    assert container.view().ready


@pytest.mark.parametrize(("policy", "code"), [("Never", 1), ("Never", 0), ("OnFailure", 0)])
def test_a_container_that_is_not_to_run_again_stays_terminated(world: World, policy: str, code: int):
    container = world.make(policy)
    container.advance()
    world.processes[-1].exit_code = code
    assert container.advance() == NEVER
    state = container.view().state
    assert isinstance(state, Terminated)
    assert (state.exit_code, state.reason) == (code, "Error" if code else "Completed")
    assert container.finished


def test_what_a_container_says_at_its_end_is_kept_as_far_as_the_kubelet_would(world: World, tmp_path: Path):
    world.last_words = tmp_path / "termination-log"
    container = world.make("Never")
    container.advance()
    world.last_words.write_text("Redis is full. " + "x" * 5000)
    world.processes[-1].exit_code = 1
    container.advance()
    state = container.view().state
    assert isinstance(state, Terminated)
    assert state.message.startswith("Redis is full. ")
    assert len(state.message) == 4096
    again = world.make("Never", before=container.view().to_json())
    assert again.view().state == state, "also for the next node agent"


def test_a_crashing_container_backs_off_longer_each_time_and_remembers_how_it_ended(world: World):
    container = world.make()
    delays = []
    for restarts in range(1, 7):
        container.advance()
        world.processes[-1].exit_code = 3
        delays.append(container.advance() - world.now)
        assert _waiting(container).reason == "CrashLoopBackOff"
        assert container.view().restarts == restarts
        world.now += delays[-1]
    assert delays == [1, 2, 4, 8, 10, 10], "short, as nobody waits five minutes in a sandbox"
    last = container.view().last
    assert last is not None
    assert last.exit_code == 3


def test_a_container_killed_for_its_memory_is_told_apart_from_one_that_was_just_killed(world: World):
    reasons = []
    for out_of_memory in (True, False):
        container = world.make()
        container.advance()
        world.processes[-1].exit_code, world.processes[-1].out_of_memory = 137, out_of_memory
        container.advance()
        last = container.view().last
        assert last is not None
        reasons.append((last.exit_code, last.reason))
        assert _waiting(container).reason == "CrashLoopBackOff"
    assert reasons == [(137, "OOMKilled"), (137, "Error")]


def test_a_long_run_clears_the_back_off(world: World):
    container = world.make()
    for _ in range(3):
        container.advance()
        world.processes[-1].exit_code = 1
        world.now = container.advance()
    container.advance()
    world.now += container_module.STEADY_SECONDS
    world.processes[-1].exit_code = 1
    assert container.advance() - world.now == container_module.FIRST_BACKOFF_SECONDS


def test_a_failed_pull_shows_the_registrys_words_then_backs_off_then_recovers(world: World):
    world.problem = ImageError("team/app:1: not found")
    container = world.make()
    world.now = container.advance()
    assert (_waiting(container).reason, _waiting(container).message) == ("ErrImagePull", "team/app:1: not found")
    world.now = container.advance()
    assert _waiting(container).reason == "ImagePullBackOff"
    assert "team/app:1: not found" in _waiting(container).message
    world.problem = None
    container.advance()
    assert container.running
    assert container.view().restarts == 0, "it never ran before"


def test_a_missing_secret_is_a_config_error_until_the_secret_is_there(world: World):
    world.problem = ContainerConfigError('secret "creds" not found')
    container = world.make()
    world.now = container.advance()
    assert _waiting(container) == Waiting("CreateContainerConfigError", 'secret "creds" not found')
    assert ("Failed", 'Error: secret "creds" not found') in world.events
    world.problem = None
    container.advance()
    assert container.running


def test_a_program_that_cannot_start_counts_as_a_crash_with_exit_code_128(world: World):
    world.problem = ContainerStartError("executable file not found in $PATH")
    container = world.make()
    container.advance()
    assert _waiting(container).reason == "RunContainerError"
    last = container.view().last
    assert last is not None
    assert (last.exit_code, last.reason) == (128, "StartError")


def test_a_program_that_cannot_start_and_may_not_be_tried_again_has_failed(world: World):
    world.problem = ContainerStartError("executable file not found in $PATH")
    container = world.make("Never")
    container.advance()
    assert container.finished
    assert not container.succeeded


def test_stopping_asks_first_and_kills_when_the_grace_is_over(world: World):
    container = world.make()
    container.advance()
    container.stop(grace=5)
    assert container.advance() == world.now + 5
    assert world.processes[-1].calls == ["terminate"]
    world.now += 5
    container.advance()
    assert world.processes[-1].calls == ["terminate", "kill"]
    world.processes[-1].exit_code = 137
    assert container.advance() == NEVER
    assert not container.running, "a stopped container is not started again, whatever its policy"


def test_stopping_before_the_first_start_starts_nothing(world: World):
    container = world.make()
    container.stop(grace=5)
    assert container.advance() == NEVER
    assert world.processes == []


def test_what_ran_under_an_earlier_agent_is_started_again_and_says_so(world: World):
    before = {"restartCount": 2, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
    container = world.make("Always", before)
    container.advance()
    view = container.view()
    assert view.restarts == 3
    assert view.last is not None
    assert (view.last.exit_code, view.last.reason) == (255, "Unknown"), "nobody saw how it ended"


def test_what_had_succeeded_under_an_earlier_agent_is_not_run_twice(world: World):
    before = {"restartCount": 0, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
    container = world.make("OnFailure", before)
    assert container.advance() == NEVER
    assert world.processes == []
    assert container.succeeded
