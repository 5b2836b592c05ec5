"""From nothing to a running world: tools, launchers, secrets, processes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from langsmith_sandbox import credentials, engine_home, toolchain
from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.supervisor import lifecycle
from langsmith_sandbox.toolchain import launchers
from langsmith_sandbox.toolchain.store_servers import ensure_stores
from langsmith_sandbox.world import RUNNING, World, supervised

if TYPE_CHECKING:
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import Progress


def bring_up(paths: WorldPaths, progress: Progress) -> tuple[World, bool]:
    """The running world, and whether this call started it.

    Raises:
        ToolchainError: A tool is missing and cannot be built.
        WorldFailedError: A part failed.
        SandboxError: This is not Linux.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxError(
            f"The sandbox cannot run on {sys.platform}: each Pod gets a loopback address of its own, as Linux has.",
            "Run it on Linux, or in a Linux virtual machine.",
        )
    known = World.load(paths)
    if known is not None and known.phase == RUNNING and supervised(paths):
        return known, False
    tools = toolchain.ensure(progress)
    stores = ensure_stores(progress)
    credentials.load_or_make(paths)
    engine_home.prepare(paths.pulumi)
    launchers.install(tools, paths.bin)
    started = lifecycle.start(paths, lifecycle.supervisor_argv(paths, tools, stores), progress)
    return lifecycle.running(paths), started
