"""Starting and stopping worlds, however their processes end."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import TYPE_CHECKING

import psutil
import pytest
from watching import eventually, runs

from langsmith_sandbox import credentials
from langsmith_sandbox.supervisor import lifecycle
from langsmith_sandbox.supervisor.errors import WorldDownError, WorldFailedError
from langsmith_sandbox.world import supervised

if TYPE_CHECKING:
    from conftest import FakeWorld

    from langsmith_sandbox.paths import WorldPaths


def test_a_started_world_has_every_part_ready_and_each_its_own_log(world: FakeWorld) -> None:
    assert world.start() is True

    assert [(part.name, part.status) for part in world.state.parts] == [("alpha", "ready"), ("beta", "ready")]
    assert all(runs(pid) for pid in world.pids().values())
    assert (world.paths.logs / "alpha.log").read_text() == "hi\n"


def test_the_state_everybody_may_read_holds_no_secret(world: FakeWorld) -> None:
    world.start()
    secrets = credentials.load(world.paths)
    written = world.paths.world_file.read_text()
    for secret in (secrets.api_key, secrets.aws_secret_access_key, secrets.supervisor_token, secrets.passphrase):
        assert secret not in written


def test_starting_a_running_world_changes_nothing(world: FakeWorld) -> None:
    world.start()
    before = world.paths.world_file.read_text()

    assert world.start() is False
    assert world.paths.world_file.read_text() == before


def test_stopping_leaves_no_process_and_says_so_in_the_state(world: FakeWorld) -> None:
    world.start()
    pids = [*world.pids().values(), world.state.pid]

    assert world.stop() is True

    assert [pid for pid in pids if runs(pid)] == []
    assert (world.state.phase, world.state.parts) == ("stopped", ())
    assert world.stop() is False, "there is nothing to stop a second time"


def test_a_killed_part_is_reported_and_not_started_again(world: FakeWorld) -> None:
    world.start()
    pid = world.pids()["beta"]
    os.kill(pid, signal.SIGKILL)

    eventually(lambda: bool(world.state.sick), "the supervisor must notice")

    (sick,) = world.state.sick
    assert (sick.name, sick.status, sick.detail) == ("beta", "exited", "was ended by SIGKILL")
    assert world.pids()["beta"] == pid, "a silent restart would hide what happened"
    assert runs(world.pids()["alpha"]), "the others go on"


def test_the_parts_die_with_a_killed_supervisor_and_a_start_recovers_on_the_same_ports(world: FakeWorld) -> None:
    world.start()
    pids, ports, supervisor = world.pids(), dict(world.state.ports), world.state.pid
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)

    eventually(lambda: not any(runs(pid) for pid in pids.values()), "the kernel ends them")
    eventually(lambda: not supervised(world.paths), "the lock goes with its holder")
    with pytest.raises(WorldDownError):
        lifecycle.running(world.paths)

    assert world.start() is True
    assert world.state.ports == ports, "stacks were configured with these ports"


def test_what_a_killed_part_had_started_is_ended_by_stop(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_WORLD", "parent")
    world.start()
    parent = psutil.Process(world.pids()["beta"])
    eventually(lambda: bool(parent.children()), "it starts a process of its own")
    (orphan,) = parent.children()
    parent.kill()
    eventually(lambda: bool(world.state.sick), "the supervisor must notice")
    assert runs(orphan.pid)

    world.stop()

    assert not runs(orphan.pid)


def test_a_part_that_cannot_start_fails_the_world_with_its_own_words(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_WORLD", "broken")
    with pytest.raises(WorldFailedError, match=r"beta ended with code 1.*made of cheese") as caught:
        world.start()

    assert "supervisor.log" in caught.value.remedy
    assert lifecycle.left_running(world.paths) == [], "half a world is worse than none"
    monkeypatch.delenv("FAKE_WORLD")
    assert world.start() is True, "once the cause is gone it starts"


def test_of_two_starts_at_once_one_starts_and_the_other_finds_it_running(world: FakeWorld) -> None:
    outcomes: list[bool] = []
    threads = [threading.Thread(target=lambda: outcomes.append(world.start())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(outcomes) == [False, True]
    assert "another command is starting it" in world.said.getvalue()


def test_the_parts_environment_names_the_world_but_not_the_users_accounts(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    world.start()
    environ = psutil.Process(world.pids()["alpha"]).environ()

    assert environ["LANGSMITH_SANDBOX_WORLD"] == world.state.identity
    assert environ["LANGSMITH_SANDBOX_HOME"] == str(world.paths.home)
    assert "AWS_PROFILE" not in environ, "the emulator must not meet a real account"


def test_a_reset_stops_the_world_and_deletes_its_folder(world: FakeWorld) -> None:
    world.start()
    pids = world.pids()
    lifecycle.reset(world.paths, progress=_silent())

    assert not world.paths.home.exists()
    assert not any(runs(pid) for pid in pids.values())


def test_a_folder_without_a_world_is_simply_not_running(paths: WorldPaths) -> None:
    assert lifecycle.stop(paths, _silent()) is False
    assert lifecycle.left_running(paths) == []
    with pytest.raises(WorldDownError, match="langsmith-sandbox start"):
        lifecycle.running(paths)


def test_a_damaged_state_file_counts_as_no_world(paths: WorldPaths) -> None:
    paths.home.mkdir()
    paths.world_file.write_text(json.dumps({"phase": "running"}))
    with pytest.raises(WorldDownError):
        lifecycle.running(paths)


def _silent():
    import io

    from langsmith_sandbox.progress import PlainProgress

    return PlainProgress(io.StringIO())
