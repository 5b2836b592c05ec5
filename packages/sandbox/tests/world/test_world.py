"""Ports and the state file."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from langsmith_sandbox.world import PartState, World, held_by_supervisor, keep_or_choose_ports, supervised

if TYPE_CHECKING:
    from langsmith_sandbox.paths import WorldPaths


def test_ports_are_all_different_and_kept_once_known() -> None:
    names = tuple(f"part-{number}" for number in range(20))
    chosen = keep_or_choose_ports(names, {})
    assert len(set(chosen.values())) == len(names)
    assert keep_or_choose_ports(names, chosen) == chosen


def test_a_port_somebody_else_took_meanwhile_is_replaced() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as squatter:
        taken = squatter.getsockname()[1]
        assert keep_or_choose_ports(("aws",), {"aws": taken})["aws"] != taken


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
