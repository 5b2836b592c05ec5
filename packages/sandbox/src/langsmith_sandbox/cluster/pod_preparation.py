"""What a node does so that the containers of one Pod can start."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from langsmith_sandbox.cluster import kubeconfig, last_words
from langsmith_sandbox.cluster.command import Interpreters, Surroundings, build_command, resolve_program
from langsmith_sandbox.cluster.container import PreparedRun
from langsmith_sandbox.cluster.distribution import NODE_PLATFORM
from langsmith_sandbox.cluster.environment import resolve_environment
from langsmith_sandbox.cluster.errors import ContainerConfigError
from langsmith_sandbox.cluster.path_map import PathMap
from langsmith_sandbox.cluster.probes import Check, ProbeTarget, check_for
from langsmith_sandbox.cluster.run_probes import KINDS
from langsmith_sandbox.cluster.volumes import SERVICE_ACCOUNT_MOUNT, PodVolumes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json
    from langsmith_sandbox.cluster.events import EventRecorder
    from langsmith_sandbox.cluster.images import Image, ImageStore
    from langsmith_sandbox.cluster.objects import ClusterObjects
    from langsmith_sandbox.cluster.pod_folder import PodFolder

KEPT_LOGS = 2  # this run's and the one before, which `kubectl logs --previous` shows


@dataclasses.dataclass(frozen=True)
class NodeServices:
    """What all Pods of a node agent share.

    Attributes:
        server: URL of the API server.
        authority: File of its certificate authority.
        claimed: The folder behind a claim, by namespace and name.
        architecture: Of the Pod's node.
    """

    objects: ClusterObjects
    images: ImageStore
    events: EventRecorder
    interpreters: Interpreters
    server: str
    authority: Path
    claimed: Callable[[str, str], Path]
    architecture: str = NODE_PLATFORM[1]


class PodPreparation:
    """Prepares the containers of one Pod.

    Args:
        pod: The Pod; its specification does not change while it runs.
        pod_ip: Its address.
        folder: Its files.
        node: What the node offers.
    """

    def __init__(self, pod: Json, pod_ip: str, folder: PodFolder, node: NodeServices) -> None:
        # The environment may ask for the address, which the API learns only with the first status.
        self._pod = {**pod, "status": {**pod.get("status", {}), "podIP": pod_ip}}
        self._pod_ip = pod_ip
        self._folder = folder
        self._node = node
        self._volumes = PodVolumes(folder.disk / "volumes", folder.memory / "volumes", node.objects, node.claimed)

    def volumes(self) -> None:
        """Make the Pod's volumes, or bring them up to date. Raises ContainerConfigError."""
        self._folder.disk.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._volumes.refresh(self._pod)

    def image(self, container: Json) -> Image:
        """A container's image, pulled if need be.

        Raises:
            ContainerConfigError: The container is one this node cannot run as asked.
        """
        if container.get("restartPolicy"):
            raise ContainerConfigError("containers with a restartPolicy of their own do not run on a sandbox node")
        image, pulled = self._node.images.obtain(
            container["image"], container.get("imagePullPolicy"), architecture=self._node.architecture
        )
        if pulled:
            self.event("Normal", "Pulled", f'Successfully pulled image "{container["image"]}"')
        return image

    def run(self, container: Json, image: Image, attempt: int) -> PreparedRun:
        """The command, log and checks of one run."""
        if container.get("lifecycle"):
            hooks = ", ".join(sorted(container["lifecycle"]))
            self.event("Warning", "HooksIgnored", f"a sandbox node does not run lifecycle hooks: {hooks}")
        declared = resolve_environment(container, self._pod, self._node.objects)
        mounts = self._volumes.mounts(self._pod, container)
        home = self._folder.container(container["name"])
        home.mkdir(parents=True, exist_ok=True)
        said = last_words.provide(home)
        paths = PathMap(image.root, {**mounts, container.get("terminationMessagePath") or last_words.USUAL_PATH: said})
        around = Surroundings(self._pod_ip, home, paths, self._extra(mounts), architecture=self._node.architecture)
        command = build_command(image, container, declared, self._node.interpreters, around)
        target = ProbeTarget(
            self._pod_ip,
            {port["name"]: port["containerPort"] for port in container.get("ports") or () if "name" in port},
            command.env,
            command.cwd,
            lambda argv: resolve_program(argv, image, self._node.interpreters, paths),
        )
        checks: dict[str, Check] = {kind: check_for(container[kind], target) for kind in KINDS if container.get(kind)}
        return PreparedRun(command, self._log(container["name"], attempt), checks, said)

    def event(self, kind: str, reason: str, message: str) -> None:
        """Tell of the Pod."""
        self._node.events.record(self._pod, kind, reason, message)

    def _extra(self, mounts: dict[str, Path]) -> dict[str, str]:
        server = urlsplit(self._node.server)
        extra = {
            "HOSTNAME": self._pod["spec"].get("hostname") or self._pod["metadata"]["name"],
            "KUBERNETES_SERVICE_HOST": server.hostname or "",
            "KUBERNETES_SERVICE_PORT": str(server.port),
        }
        account = mounts.get(SERVICE_ACCOUNT_MOUNT)
        if account is not None:
            document = kubeconfig.for_token_file(
                self._node.server,
                str(self._node.authority),
                str(account / "token"),
                namespace=self._pod["metadata"]["namespace"],
            )
            self._folder.kubeconfig().write_text(json.dumps(document))
            extra["KUBECONFIG"] = str(self._folder.kubeconfig())
        return extra

    def _log(self, container: str, attempt: int) -> Path:
        path = self._folder.log(container, attempt)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._folder.log(container, attempt - KEPT_LOGS).unlink(missing_ok=True)
        return path
