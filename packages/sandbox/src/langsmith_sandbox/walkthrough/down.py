"""From everything to nothing, proven."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from langsmith_sandbox import credentials, environment
from langsmith_sandbox.supervisor import lifecycle
from langsmith_sandbox.supervisor.bring_up import bring_up
from langsmith_sandbox.toolchain.sources import find_sources
from langsmith_sandbox.walkthrough import agent
from langsmith_sandbox.walkthrough.errors import LeftoversError
from langsmith_sandbox.walkthrough.firewall import Firewall
from langsmith_sandbox.walkthrough.leftovers import Inventory
from langsmith_sandbox.walkthrough.stack import Stack
from langsmith_sandbox.walkthrough.timed import Timed
from langsmith_sandbox.walkthrough.tools import Tools
from langsmith_sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import Progress

_DELETED_AT_ONCE = 5  # a deletion is mostly waiting for the data plane


@dataclasses.dataclass(frozen=True)
class Farewell:
    """What was taken down; ``resources`` is None when there was nothing to take down."""

    resources: str | None
    seconds: Mapping[str, float]
    summary: str


def down(paths: WorldPaths, progress: Progress) -> Farewell:
    """Close the firewalls, delete deployments, destroy the stack, stop the world; prove that nothing is left and runs.

    Raises:
        LeftoversError: Something is left; each thing is named.
        SandboxError: A step failed.
    """
    timed = Timed(progress)
    if World.load(paths) is None:
        return Farewell(None, {}, "")
    with timed.measured("world"):
        world, _ = bring_up(paths, progress)  # a stopped world cannot delete what it holds
    secrets = credentials.load(paths)
    tools = Tools(environment.process_environment(paths, world, secrets), paths.logs / "walkthrough")
    repository = find_sources().parent
    stack = Stack(repository / "stacks" / "hosting", paths, tools)
    inventory = Inventory(paths, world, secrets)
    firewall = Firewall.of(repository, paths, tools)
    if firewall.stack.exists:
        # First: once the hosting stack has released its addresses, the lists would let somebody else in.
        with timed.step("firewall", "taking the agents' addresses off the lists") as step:
            firewall.down(step)
    with timed.step("agents", "deleting deployments") as step, ThreadPoolExecutor(_DELETED_AT_ONCE) as pool:
        list(pool.map(lambda name: agent.delete(tools, name, repository, step), inventory.deployments()))
    changes = "nothing"
    if stack.exists:
        with timed.step("stack", "destroying") as step:
            stack.ensure()
            changes = stack.destroy(step)
    stack.remove()
    with timed.step("proof", "looking for left-overs"):
        left = inventory.everything()
    if left:
        raise LeftoversError(left)  # the world goes on running: left-overs have to be looked at
    with timed.measured("stop"):
        lifecycle.stop(paths, progress)
    if running := lifecycle.left_running(paths):
        raise LeftoversError([f"process {process}" for process in running])
    return Farewell(changes, timed.seconds, timed.summary())
