"""The node agent of one cluster: scheduler and kubelet of all its nodes, in one process.

Run as ``python -m langsmith_sandbox.cluster.node``. When it ends, in whatever way, every process it started ends too.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster import access_policies, identities, pod_identity
from langsmith_sandbox.cluster.api import Json, KubernetesApi
from langsmith_sandbox.cluster.command import Interpreters
from langsmith_sandbox.cluster.control_plane import endpoint
from langsmith_sandbox.cluster.distribution import Distribution
from langsmith_sandbox.cluster.errors import ClusterError, KubernetesApiError
from langsmith_sandbox.cluster.events import EventRecorder
from langsmith_sandbox.cluster.images import ImageStore
from langsmith_sandbox.cluster.informer import Informer
from langsmith_sandbox.cluster.kubelet_api import KubeletServer, NoLogError
from langsmith_sandbox.cluster.nodes import NODES_FILE, RENEW_SECONDS, NodeRegistry, WantedNode, wanted_nodes
from langsmith_sandbox.cluster.objects import ClusterObjects
from langsmith_sandbox.cluster.persistent_volumes import VOLUMES, PersistentVolumes
from langsmith_sandbox.cluster.pod_folder import PodFolders
from langsmith_sandbox.cluster.pod_preparation import NodeServices
from langsmith_sandbox.cluster.pod_worker import PodWorker
from langsmith_sandbox.cluster.pods import PodManager
from langsmith_sandbox.cluster.ports import ClusterPorts
from langsmith_sandbox.cluster.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

AGENT_SERVER_PYTHON_VARIABLE = "LANGSMITH_SANDBOX_AGENT_SERVER_PYTHON"
TICK_SECONDS = 1.0
STOP_SECONDS = 6.0


@dataclasses.dataclass(frozen=True)
class Settings:
    """The agent's flags."""

    directory: Path
    port: int
    images_dir: Path
    registry: str


class NodeAgent:
    """All parts of the agent, wired together.

    Args:
        settings: The flags.
        api: The cluster.
        agent_server: Python of the agent server; None where there is none.
    """

    def __init__(self, settings: Settings, api: KubernetesApi, agent_server: Path | None) -> None:
        self._settings = settings
        self._api = api
        self._folders = PodFolders.of_cluster(settings.directory)
        keys = identities.folder(settings.directory)
        volumes = PersistentVolumes(api, settings.directory / "volumes")
        self._services = NodeServices(
            ClusterObjects(api),
            ImageStore(settings.images_dir, Distribution(settings.registry)),
            EventRecorder(api, "kubelet"),
            Interpreters(Path(sys.executable), agent_server),
            endpoint(settings.directory),
            keys / "ca.crt",
            volumes.folder_of,
        )
        self._pods = PodManager(api, self._make_worker)
        self._pod_informer = Informer(api, "/api/v1/pods", self._observe_pod)
        self._node_informer = Informer(api, "/api/v1/nodes", self._observe_node)
        self._volume_informer = Informer(api, VOLUMES, volumes.observe)
        self._scheduler = Scheduler(
            api, EventRecorder(api, "default-scheduler"), self._ready_nodes, self._pod_informer.objects
        )
        self._registry = NodeRegistry(api, settings.port)
        self._registered: dict[str, WantedNode] = {}
        self._leaving: set[str] = set()
        self._is_set_up = False
        self._renew_at = 0.0
        self._seen_version: object = None
        self._server = KubeletServer(settings.port, keys / "kubelet", keys / "ca.crt", self._find_log, self._is_current)

    def run(self, stopped: threading.Event) -> None:
        """Work until ``stopped`` is set, then end every Pod's processes."""
        self._folders.clear()
        self._scheduler.start()
        self._node_informer.start()
        self._volume_informer.start()
        threading.Thread(target=self._server.serve, name="kubelet api", daemon=True).start()
        while not stopped.wait(TICK_SECONDS):
            try:
                self._set_up_cluster()
                self._tend_nodes()
            except ClusterError as problem:
                log.warning("nodes: %s", problem)
        if not self._pods.stop(STOP_SECONDS):
            log.warning("some Pods did not end within %g seconds and were killed", STOP_SECONDS)
        self._folders.remove()

    def _set_up_cluster(self) -> None:
        """What EKS has in every cluster before anybody comes in."""
        if not self._is_set_up:
            directory = self._settings.directory
            access_policies.bind(self._api)
            webhook = f"https://127.0.0.1:{ClusterPorts.load(directory).authenticator}{pod_identity.PATH}"
            pod_identity.register(self._api, webhook, (identities.folder(directory) / "ca.crt").read_bytes())
            self._is_set_up = True

    def _tend_nodes(self) -> None:
        """Follow ``nodes.json``, keep leases, finish nodes that leave."""
        version = _version(self._settings.directory / NODES_FILE)
        if version != self._seen_version or self._unregistered():
            self._follow(wanted_nodes(self._settings.directory))
            self._seen_version = version
        for name in list(self._leaving):
            pods = self._pods_on(name)
            # Daemons are made anew as long as there is a node: they end with it.
            if all(_is_daemon(pod) for pod in pods):
                self._registry.deregister(name)
                self._registry.drain(name, pods)
                self._leaving.discard(name)
        if time.monotonic() >= self._renew_at:
            for name in self._registered:
                self._registry.renew(name)
            self._renew_at = time.monotonic() + RENEW_SECONDS

    def _unregistered(self) -> bool:
        """Whether a Node object was deleted behind the agent's back: a kubelet registers again."""
        if not self._node_informer.synced.is_set():
            return False
        present = {node["metadata"]["name"] for node in self._node_informer.objects()}
        gone = {name for name in self._registered if name not in present}
        for name in gone:
            del self._registered[name]
        return bool(gone)

    def _follow(self, wanted: dict[str, WantedNode]) -> None:
        for name, node in wanted.items():
            if self._registered.get(name) != node:
                self._registry.register(node)
                self._registered[name] = node
                self._leaving.discard(name)
                log.info("node %s of group %s is ready", name, node.group)
        present = {node["metadata"]["name"] for node in self._listed_nodes()}
        for name in (present | set(self._registered)) - set(wanted):
            self._registered.pop(name, None)
            self._leaving.add(name)
            self._registry.drain(name, self._pods_on(name))
            log.info("node %s leaves", name)
        if not self._pod_informer.synced.is_set():
            # Only now: a Pod may be run only by an agent that knows which nodes are its own.
            self._pod_informer.start()
            self._pod_informer.synced.wait(TICK_SECONDS * 30)

    def _listed_nodes(self) -> list[Json]:
        return self._api.get("/api/v1/nodes")["items"] or []

    def _pods_on(self, name: str) -> list[Json]:
        return self._api.get("/api/v1/pods", fieldSelector=f"spec.nodeName={name}")["items"] or []

    def _ready_nodes(self) -> list[Json]:
        return self._node_informer.objects()

    def _observe_node(self, _kind: str, _node: Json) -> None:
        self._scheduler.notice()

    def _observe_pod(self, kind: str, pod: Json) -> None:
        if pod["spec"].get("nodeName"):
            self._pods.observe(kind, pod)
        self._scheduler.notice()

    def _make_worker(self, pod: Json, on_done: Callable[[str], None]) -> PodWorker:
        folder = self._folders.of_pod(pod["metadata"]["uid"])
        services = self._services
        if (node := self._registered.get(pod["spec"]["nodeName"])) is not None:
            services = dataclasses.replace(services, architecture=node.architecture)
        return PodWorker(pod, self._api, folder, services, on_done=on_done)

    def _find_log(self, namespace: str, name: str, container: str, previous: bool) -> Path:
        for pod in self._pod_informer.objects():
            metadata = pod["metadata"]
            if (metadata["namespace"], metadata["name"]) == (namespace, name):
                worker = self._pods.find(metadata["uid"])
                path = worker.log_file(container, previous=previous) if worker else None
                if path is None:
                    which = "previous terminated container" if previous else "container"
                    raise NoLogError(f'{which} "{container}" in pod "{name}" not found')
                return path
        raise NoLogError(f'pod "{name}" not found')

    def _is_current(self, path: Path) -> bool:
        """Whether the run a log is of still goes on; its file is ``POD/logs/CONTAINER.ATTEMPT.log``."""
        worker = self._pods.find(path.parent.parent.name)
        container = path.name.rsplit(".", 2)[0]
        return worker is not None and worker.is_running(container, path)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the agent until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    settings = _settings(argv)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    python = os.environ.get(AGENT_SERVER_PYTHON_VARIABLE)
    api = KubernetesApi.for_identity(settings.directory, "node")
    agent = NodeAgent(settings, api, Path(python) if python else None)
    agent.run(stopped)


def _settings(argv: Sequence[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.cluster.node", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="the cluster's folder")
    parser.add_argument("--port", type=int, required=True, help="port of the nodes' HTTPS endpoint")
    parser.add_argument("--images-dir", type=Path, required=True, help="the image store")
    parser.add_argument("--registry", required=True, help="host:port of the sandbox registry")
    return Settings(**vars(parser.parse_args(argv)))


def _is_daemon(pod: Json) -> bool:
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences") or ())


def _version(path: Path) -> object:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


if __name__ == "__main__":
    try:
        main()
    except KubernetesApiError as problem:
        sys.exit(str(problem))
