"""The state file and the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.world import PartState, World, held_by_supervisor, supervised

if TYPE_CHECKING:
    from langsmith_sandbox.paths import WorldPaths


def test_what_is_saved_is_loaded_again(paths: WorldPaths) -> None:
    world = World("id", "running", pid=1, ports={"aws": 4}, parts=(PartState("aws", "ready", 5),))
    world.save(paths)
    assert World.load(paths) == world
    assert world.url("aws") == "http://127.0.0.1:4"


def test_a_world_is_supervised_exactly_while_the_lock_is_held(paths: WorldPaths) -> None:
    assert not supervised(paths)
    with held_by_supervisor(paths) as free:
        assert free
        assert supervised(paths)
    assert not supervised(paths)
