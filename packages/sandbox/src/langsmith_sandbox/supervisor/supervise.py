"""The life of a world: build it, watch it, take it down. Runs in the supervisor process."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import threading
import uuid
from typing import TYPE_CHECKING

from langsmith_sandbox import credentials
from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.loopback_ports import keep_or_choose_ports
from langsmith_sandbox.paths import HOME_VARIABLE
from langsmith_sandbox.supervisor import control_api
from langsmith_sandbox.supervisor.blueprint import Site
from langsmith_sandbox.supervisor.clusters import Clusters
from langsmith_sandbox.supervisor.crew import Crew
from langsmith_sandbox.supervisor.part_environment import WORLD_VARIABLE, part_environment
from langsmith_sandbox.supervisor.stores import Stores
from langsmith_sandbox.supervisor.sweep import sweep
from langsmith_sandbox.world import (
    FAILED,
    RUNNING,
    STARTING,
    STOPPED,
    STOPPING,
    World,
    held_by_supervisor,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.supervisor.blueprint import Blueprint

SUPERVISOR_PORT = "supervisor"
_SHUTDOWN_INTERVAL = 0.1  # seconds until the control API notices that it shall end

_log = logging.getLogger(__name__)


def supervise(paths: WorldPaths, blueprint: Blueprint, environ: Mapping[str, str]) -> int:
    """Run the world in ``paths`` until SIGTERM or SIGINT; returns the exit code of the process.

    Args:
        paths: The world's folder.
        blueprint: What to run.
        environ: Environment of the machine, from which the parts' is made.
    """
    with held_by_supervisor(paths) as free:
        if not free:
            _log.info("another supervisor runs this world already")
            return 0
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        return _Life(paths, blueprint, environ, over).run()


class _Life:
    def __init__(
        self, paths: WorldPaths, blueprint: Blueprint, environ: Mapping[str, str], over: threading.Event
    ) -> None:
        earlier = World.load(paths)
        ports = keep_or_choose_ports((*blueprint.ports, SUPERVISOR_PORT), earlier.ports if earlier else {})
        self._paths, self._blueprint, self._over = paths, blueprint, over
        self._world = World(earlier.identity if earlier else str(uuid.uuid4()), STARTING, pid=os.getpid(), ports=ports)
        self._site = Site(paths, ports, credentials.load_or_make(paths))
        self._writing = threading.Lock()
        added = {WORLD_VARIABLE: self._world.identity, HOME_VARIABLE: str(paths.home)}
        self._crew = Crew(part_environment(environ, added), paths.logs, self._publish)
        self._clusters = Clusters(self._site, blueprint.clusters, self._crew)
        self._stores = Stores(paths.stores, blueprint.stores, self._crew)

    def run(self) -> int:
        self._publish()
        sweep(self._world.identity, self._paths.home)  # what a killed supervisor could not stop
        api = control_api.server(
            self._site.ports[SUPERVISOR_PORT], self._site.credentials.supervisor_token, self._clusters, self._stores
        )
        threading.Thread(target=api.serve_forever, args=(_SHUTDOWN_INTERVAL,), daemon=True).start()
        coming_up = threading.Thread(target=self._come_up, daemon=True)
        coming_up.start()
        self._over.wait()
        failed = self._world.phase == FAILED
        self._publish(FAILED if failed else STOPPING)
        self._take_down()
        api.shutdown()
        coming_up.join()
        self._publish(FAILED if failed else STOPPED)
        return 1 if failed else 0

    def _come_up(self) -> None:
        try:
            self._blueprint.before(self._site)
            self._stores.resume()
            self._clusters.resume()  # beside the rest: they ask for it only when they are asked themselves
            self._crew.start(self._blueprint.parts(self._site))
            self._blueprint.after(self._site)
            self._clusters.settle()
            self._stores.settle()
        except Exception as problem:  # noqa: BLE001 - whoever started the world must learn why, whatever it was
            if self._over.is_set():
                return  # told to stop in the middle: parts that end now did not fail
            _log.exception("the world did not come up")
            self._publish(FAILED, str(problem) if isinstance(problem, SandboxError) else repr(problem))
            self._over.set()
        else:
            self._publish(RUNNING)

    def _take_down(self) -> None:
        """Clusters before the world they live in; then whatever any of them left behind."""
        self._clusters.stop()
        self._stores.stop()
        self._crew.stop([state.name for state in reversed(self._crew.states())])
        self._crew.close()
        sweep(self._world.identity, self._paths.home)

    def _publish(self, phase: str | None = None, message: str | None = None) -> None:
        with self._writing:
            stopped = phase == STOPPED
            self._world = dataclasses.replace(
                self._world,
                phase=phase or self._world.phase,
                message=self._world.message if message is None else message,
                pid=None if stopped else os.getpid(),
                parts=self._crew.states(),
            )
            self._world.save(self._paths)
