"""The EKS clusters of a world: what the AWS emulator asks for, run as parts, remembered across restarts."""

from __future__ import annotations

import dataclasses
import json
import logging
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.supervisor.blueprint import ClusterPlan, Site
    from langsmith_sandbox.supervisor.crew import Crew

CREATING, ACTIVE, FAILED, DELETING = "CREATING", "ACTIVE", "FAILED", "DELETING"
_AT_ONCE = 4  # clusters that start or stop side by side
_MARKER = "cluster.json"  # a folder with it is a cluster to resume; it goes first when a cluster is deleted
_NODES = "nodes.json"
# An API server asked to end waits a minute for its watchers; it holds nothing that could be lost.
_CORE_GRACE = 1.5  # seconds

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class ClusterState:
    """What EKS learns about a cluster's control plane."""

    status: str
    endpoint: str = ""
    certificate_authority: str = ""
    token_key: str = ""
    message: str = ""

    def as_json(self) -> dict[str, str]:
        """The control API's answer."""
        return {
            "status": self.status,
            "endpoint": self.endpoint,
            "certificateAuthority": self.certificate_authority,
            "tokenKey": self.token_key,
            "message": self.message,
        }


class Clusters:
    """Starts and stops clusters in the background; every method returns at once and may be called from any thread."""

    def __init__(self, site: Site, plan: ClusterPlan, crew: Crew) -> None:
        self._site, self._plan, self._crew = site, plan, crew
        self._lock = threading.Lock()
        self._states: dict[str, ClusterState] = {}
        self._work: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="clusters")

    def create(self, name: str, version: str) -> bool:
        """Have the cluster run; False when it is just being deleted. One that failed is tried again."""
        with self._lock:
            status = self._states[name].status if name in self._states else None
            if status == DELETING:
                return False
            if status in (None, FAILED):
                self._folder(name).mkdir(parents=True, exist_ok=True, mode=0o700)
                write_whole(self._folder(name) / _MARKER, json.dumps({"version": version}))
                self._states[name] = ClusterState(CREATING)
                self._work[name] = self._pool.submit(self._start, name)
            return True

    def state(self, name: str) -> ClusterState | None:
        """None when there is no such cluster."""
        with self._lock:
            return self._states.get(name)

    def delete(self, name: str) -> bool:
        """Have the cluster and its data gone; False when there is no such cluster."""
        with self._lock:
            if name not in self._states:
                return False
            if self._states[name].status != DELETING:
                self._states[name] = dataclasses.replace(self._states[name], status=DELETING)
                self._work[name] = self._pool.submit(self._remove, name, self._work[name])
            return True

    def set_node_group(self, name: str, node_group: str, wanted: dict[str, Any] | None) -> bool:
        """Write down which nodes a node group has (None: none); the node agent reads it. False: no such cluster."""
        with self._lock:
            if name not in self._states:
                return False
            groups = self._node_groups(name)
            if wanted is None:
                groups.pop(node_group, None)
            else:
                groups[node_group] = wanted
            write_whole(self._folder(name) / _NODES, json.dumps({"nodegroups": groups}, indent=2))
            return True

    def resume(self) -> None:
        """Start every cluster that was there at the last stop."""
        for marker in sorted(self._site.paths.clusters.glob(f"*/{_MARKER}")):
            self.create(marker.parent.name, json.loads(marker.read_text())["version"])

    def settle(self) -> None:
        """Return when each cluster is up or has failed."""
        with self._lock:
            under_way = list(self._work.values())
        for work in under_way:
            work.result()

    def stop(self) -> None:
        """Stop every cluster and keep its data."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            names = list(self._states)
        with ThreadPoolExecutor(_AT_ONCE) as stopping:
            list(stopping.map(self._stop_parts, names))

    def _start(self, name: str) -> None:
        try:
            self._plan.prepare(self._folder(name), name)
            for wave in self._plan.waves(self._site, self._folder(name), name):
                self._crew.start(wave)
            state = ClusterState(
                ACTIVE,
                self._plan.endpoint(self._folder(name)),
                self._plan.certificate_authority(self._folder(name)),
                self._plan.token_key(self._folder(name)),
            )
        except Exception as problem:  # noqa: BLE001
            # Whatever it was, EKS must learn that this cluster failed; nobody else waits for this thread.
            _log.exception("cluster %s failed to start", name)
            self._stop_parts(name)
            state = ClusterState(FAILED, message=problem.what if isinstance(problem, SandboxError) else str(problem))
        with self._lock:
            if self._states[name].status == CREATING:
                self._states[name] = state

    def _remove(self, name: str, earlier: Future[None]) -> None:
        if not earlier.cancel():
            earlier.result()
        (self._folder(name) / _MARKER).unlink(missing_ok=True)
        self._stop_parts(name)
        shutil.rmtree(self._folder(name), ignore_errors=True)
        with self._lock:
            del self._states[name]
            del self._work[name]

    def _stop_parts(self, name: str) -> None:
        """Nodes first: they take their Pods down, for which they need the API server."""
        try:
            waves = self._plan.waves(self._site, self._folder(name), name)
        except SandboxError:
            return  # it was never prepared, so nothing of it runs
        core, *later = waves
        for wave in reversed(later):
            self._crew.stop([part.name for part in wave])
        self._crew.stop([part.name for part in core], _CORE_GRACE)

    def _folder(self, name: str) -> Path:
        return self._site.paths.clusters / name

    def _node_groups(self, name: str) -> dict[str, Any]:
        try:
            return json.loads((self._folder(name) / _NODES).read_text())["nodegroups"]
        except FileNotFoundError:
            return {}
