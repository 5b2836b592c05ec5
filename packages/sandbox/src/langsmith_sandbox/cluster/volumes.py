"""Volumes of a Pod as folders of this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from langsmith_sandbox.cluster.environment import (
    ObjectSource,
    config_map_data,
    field_value,
    resource_value,
    secret_data,
)
from langsmith_sandbox.cluster.errors import ContainerConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_sandbox.cluster.api import Json

DEFAULT_TOKEN_SECONDS = 3600
SERVICE_ACCOUNT_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class VolumeSource(ObjectSource, Protocol):
    """Where the content of volumes comes from."""

    def token(self, pod: Json, *, audience: str | None, seconds: int) -> str:
        """A ServiceAccount token bound to the Pod."""
        ...


class PodVolumes:
    """The volumes of one Pod.

    Args:
        disk: Folder for what may lie on disk (``emptyDir``).
        memory: Folder in memory for Secrets and tokens, which a kubelet never writes to disk either.
        source: Where content comes from.
        claimed: The folder behind a claim, by namespace and name.
    """

    def __init__(self, disk: Path, memory: Path, source: VolumeSource, claimed: Callable[[str, str], Path]) -> None:
        self._disk = disk
        self._memory = memory
        self._source = source
        self._claimed = claimed
        self._claims: dict[str, Path] = {}

    def refresh(self, pod: Json) -> None:
        """Make every volume, or bring it up to date.

        Raises:
            ContainerConfigError: One refers to something that does not exist, or is of a kind this node has not.
        """
        for volume in pod["spec"].get("volumes") or ():
            if "emptyDir" in volume:
                self._folder(volume).mkdir(parents=True, exist_ok=True)
            elif claim := volume.get("persistentVolumeClaim"):
                self._claims[volume["name"]] = self._claimed(pod["metadata"]["namespace"], claim["claimName"])
            elif volume.get("hostPath"):
                raise ContainerConfigError(f'volume "{volume["name"]}": hostPath is not available on a sandbox node')
            else:
                self._write(volume, self._content(volume, pod))

    def mounts(self, pod: Json, container: Json) -> dict[str, Path]:
        """Where each mount path of a container is on this machine.

        Raises:
            ContainerConfigError: A mount names a volume the Pod does not have.
        """
        volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
        placed = {}
        for mount in container.get("volumeMounts") or ():
            if mount["name"] not in volumes:
                raise ContainerConfigError(f'volume mount "{mount["name"]}" names no volume of the Pod')
            folder = self._folder(volumes[mount["name"]])
            placed[mount["mountPath"]] = folder / mount["subPath"] if mount.get("subPath") else folder
        return placed

    def remove(self) -> None:
        """Delete everything."""
        for folder in (self._disk, self._memory):
            shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, volume: Json) -> Path:
        if volume["name"] in self._claims:
            return self._claims[volume["name"]]
        return (self._disk if "emptyDir" in volume else self._memory) / volume["name"]

    def _content(self, volume: Json, pod: Json) -> dict[str, bytes]:
        if projected := volume.get("projected"):
            content: dict[str, bytes] = {}
            for part in projected.get("sources") or ():
                content |= self._part(part, pod)
            return content
        kinds = ("secret", "configMap", "downwardAPI")
        kind = next((kind for kind in kinds if kind in volume), None)
        if kind is None:
            kind = next((key for key in volume if key != "name"), "unknown")
            raise ContainerConfigError(f'volume "{volume["name"]}": {kind} is not available on a sandbox node')
        part = dict(volume[kind])
        part.setdefault("name", part.pop("secretName", ""))
        return self._part({kind: part}, pod)

    def _part(self, part: Json, pod: Json) -> dict[str, bytes]:
        namespace = pod["metadata"]["namespace"]
        if reference := part.get("secret"):
            return self._keys("secret", reference, namespace, self._source.secret, secret_data)
        if reference := part.get("configMap"):
            return self._keys("configmap", reference, namespace, self._source.config_map, config_map_data)
        if token := part.get("serviceAccountToken"):
            seconds = token.get("expirationSeconds", DEFAULT_TOKEN_SECONDS)
            value = self._source.token(pod, audience=token.get("audience"), seconds=seconds)
            return {token["path"]: value.encode()}
        if downward := part.get("downwardAPI"):
            return {item["path"]: _downward(item, pod).encode() for item in downward.get("items") or ()}
        raise ContainerConfigError(f"projected volume source {', '.join(part)} is not available on a sandbox node")

    def _keys(
        self,
        kind: str,
        reference: Json,
        namespace: str,
        read: Callable[[str, str], Json | None],
        decode: Callable[[Json], dict[str, bytes]],
    ) -> dict[str, bytes]:
        found = read(namespace, reference["name"])
        if found is None:
            if reference.get("optional"):
                return {}
            raise ContainerConfigError(f'{kind} "{reference["name"]}" not found')
        values = decode(found)
        if not reference.get("items"):
            return values
        missing = [item["key"] for item in reference["items"] if item["key"] not in values]
        if missing and not reference.get("optional"):
            raise ContainerConfigError(f"references non-existent {kind} key: {missing[0]}")
        return {item["path"]: values[item["key"]] for item in reference["items"] if item["key"] in values}

    def _write(self, volume: Json, content: dict[str, bytes]) -> None:
        folder = self._folder(volume)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, value in content.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}.new")
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(value)
            unfinished.replace(path)
        for stale in [path for path in folder.iterdir() if path.is_file() and path.name not in content]:
            stale.unlink()


def memory_folder(fallback: Path, *, name: str, shared_memory: Path = Path("/dev/shm")) -> Path:  # noqa: S108
    """A private folder in memory, or the fallback on a machine that has none."""
    if not os.access(shared_memory, os.W_OK):
        return fallback
    return shared_memory / name


def _downward(item: Json, pod: Json) -> str:
    if reference := item.get("fieldRef"):
        return field_value(pod, reference["fieldPath"])
    reference = item["resourceFieldRef"]
    container = next(
        entry for entry in pod["spec"]["containers"] if entry["name"] == reference.get("containerName", entry["name"])
    )
    return resource_value(container, reference)
