"""Where a Pod's files are on this machine."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.volumes import memory_folder

if TYPE_CHECKING:
    from pathlib import Path


@dataclasses.dataclass(frozen=True)
class PodFolders:
    """The folders of all Pods of one cluster.

    Attributes:
        disk: Logs, working directories, ``emptyDir`` volumes.
        memory: Secrets and tokens.
    """

    disk: Path
    memory: Path

    @classmethod
    def of_cluster(cls, directory: Path) -> PodFolders:
        """Those of the cluster in ``directory``."""
        # Clusters of one name in two sandboxes must not share memory folders, hence the path's digest.
        tag = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
        disk = directory / "pods"
        return cls(disk, memory_folder(disk, name=f"langsmith-sandbox-{tag}"))

    def clear(self) -> None:
        """Remove what an earlier node agent left: its containers ended with it."""
        for folder in (self.disk, self.memory):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)

    def remove(self) -> None:
        """Remove everything."""
        for folder in (self.disk, self.memory):
            shutil.rmtree(folder, ignore_errors=True)

    def of_pod(self, uid: str) -> PodFolder:
        """The folders of one Pod."""
        return PodFolder(self.disk / uid, self.memory / uid)


@dataclasses.dataclass(frozen=True)
class PodFolder:
    """The folders of one Pod."""

    disk: Path
    memory: Path

    def container(self, name: str) -> Path:
        """The private folder of a container, its ``HOME``."""
        return self.disk / "containers" / name

    def log(self, container: str, attempt: int) -> Path:
        """The log of one run of a container."""
        return self.disk / "logs" / f"{container}.{attempt}.log"

    def kubeconfig(self) -> Path:
        """How the Pod's programs reach the API. Names the token's file, does not hold the token."""
        return self.disk / "kubeconfig"

    def remove(self) -> None:
        """Delete everything."""
        for folder in (self.disk, self.memory):
            shutil.rmtree(folder, ignore_errors=True)
