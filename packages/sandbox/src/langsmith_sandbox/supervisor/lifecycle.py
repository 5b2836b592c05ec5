"""Starting and stopping a world from outside: what the commands do with the supervisor."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.supervisor.errors import WorldDownError, WorldFailedError, WorldStuckError
from langsmith_sandbox.supervisor.sweep import processes_of, sweep
from langsmith_sandbox.world import FAILED, RUNNING, World, supervised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import psutil

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import Progress, Step
    from langsmith_sandbox.toolchain import Toolchain
    from langsmith_sandbox.toolchain.store_servers import StoreServers

START_TIMEOUT = 300.0  # seconds, for a machine that is busy with something else; an idle one takes about ten
STOP_TIMEOUT = 120.0  # seconds
_INTERVAL = 0.1  # seconds between two looks at world.json


def supervisor_argv(paths: WorldPaths, tools: Toolchain, stores: StoreServers) -> tuple[str, ...]:
    """The command line of this world's supervisor."""
    flags = {
        "home": paths.home,
        "registry": tools.registry,
        "kubernetes": tools.kubernetes,
        "agent-server-python": tools.agent_server_python,
        "postgres": stores.postgres,
        "valkey": stores.valkey,
    }
    return (
        sys.executable,
        "-m",
        "langsmith_sandbox.supervisor",
        *(f"--{name}={value}" for name, value in flags.items() if value is not None),
    )


def supervisor_log(paths: WorldPaths) -> Path:
    """What the supervisor itself says."""
    return paths.logs / "supervisor.log"


def start(paths: WorldPaths, argv: Sequence[str], progress: Progress) -> bool:
    """Have the world run and return once it does; False when it did already.

    Raises:
        WorldFailedError: A part failed; everything was stopped again.
        WorldStuckError: It took far too long.
    """
    with _one_at_a_time(paths, progress):
        if supervised(paths):
            world = World.load(paths)
            if world is not None and world.phase == RUNNING:
                return False
            with progress.step("world", "is starting already, waiting for it") as step:
                _await_running(paths, None, step)
            return False
        with progress.step("world", "starting") as step:
            _forget_earlier_end(paths)
            _await_running(paths, _spawn(paths, argv), step)
        return True


def stop(paths: WorldPaths, progress: Progress) -> bool:
    """Have nothing of the world run; False when nothing did.

    Raises:
        WorldStuckError: The supervisor did not end.
    """
    world = World.load(paths)
    if world is None:
        return False
    if not supervised(paths):
        return sweep(world.identity, paths.home) > 0  # its supervisor was killed
    with progress.step("world", "stopping"):
        supervisor = _asked_to_end(world.pid)
        deadline = time.monotonic() + STOP_TIMEOUT
        # It gives its lock back just before it ends.
        while supervised(paths) or (supervisor is not None and _runs(supervisor)):
            if time.monotonic() > deadline:
                raise WorldStuckError("stop", STOP_TIMEOUT, supervisor_log(paths))
            time.sleep(_INTERVAL)
        sweep(world.identity, paths.home)
    return True


def running(paths: WorldPaths) -> World:
    """The running world.

    Raises:
        WorldDownError: It does not run.
    """
    world = World.load(paths)
    if world is None or world.phase != RUNNING or not supervised(paths):
        raise WorldDownError(paths.home)
    return world


def left_running(paths: WorldPaths) -> list[str]:
    """Processes of this world that run now, as ``<pid> <name>``."""
    world = World.load(paths)
    if world is None:
        return []
    return [f"{process.pid} {process.name()}" for process in processes_of(world.identity, paths.home)]


def reset(paths: WorldPaths, progress: Progress) -> None:
    """Stop the world and delete all of its state, the credentials included."""
    stop(paths, progress)
    shutil.rmtree(paths.home, ignore_errors=True)


def _asked_to_end(pid: int | None) -> psutil.Process | None:
    """The supervisor after SIGTERM; None when it is gone already."""
    import psutil

    if pid is None:
        return None
    with contextlib.suppress(psutil.NoSuchProcess):
        supervisor = psutil.Process(pid)
        supervisor.terminate()
        return supervisor
    return None


def _runs(process: psutil.Process) -> bool:
    import psutil

    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _spawn(paths: WorldPaths, argv: Sequence[str]) -> subprocess.Popen[bytes]:
    log = supervisor_log(paths)
    log.parent.mkdir(parents=True, exist_ok=True)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with log.open("ab") as output:
        supervisor = subprocess.Popen(
            argv,
            cwd=paths.home,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # It outlives a command; should the caller outlive it instead, it must not stay a zombie.
    threading.Thread(target=supervisor.wait, daemon=True).start()
    return supervisor


def _forget_earlier_end(paths: WorldPaths) -> None:
    """What world.json says of an earlier run must not be taken for the new one."""
    if (earlier := World.load(paths)) is not None:
        dataclasses.replace(earlier, phase="starting", message="", pid=None, parts=()).save(paths)


def _await_running(paths: WorldPaths, supervisor: subprocess.Popen[bytes] | None, step: Step) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    said = ""
    while time.monotonic() < deadline:
        ended = not supervised(paths) if supervisor is None else supervisor.poll() is not None
        world = World.load(paths)
        if world is not None and world.phase == RUNNING and not ended:
            return
        if ended:
            why = world.message if world is not None and world.phase == FAILED else "the supervisor ended."
            raise WorldFailedError(why, supervisor_log(paths))
        if world is not None and (doing := _doing(world)) != said:
            said = doing
            step.note(doing)
        time.sleep(_INTERVAL)
    raise WorldStuckError("come up", START_TIMEOUT, supervisor_log(paths))


def _doing(world: World) -> str:
    waiting = [part.name for part in world.parts if part.status == "starting"]
    if waiting:
        return f"waiting for {', '.join(waiting)}"
    return "seeding images, resuming clusters" if world.parts else "preparing"


@contextlib.contextmanager
def _one_at_a_time(paths: WorldPaths, progress: Progress) -> Iterator[None]:
    paths.home.mkdir(parents=True, exist_ok=True)
    with (paths.home / "start.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("world: another command is starting it, waiting for that one")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
