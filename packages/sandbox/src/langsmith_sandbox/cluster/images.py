"""The nodes' image store: pulled once, unpacked by digest, remembered by reference.

The memory by reference is what makes ``IfNotPresent`` with a moved tag run the old image, here as on a real node.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.cluster.distribution import NODE_PLATFORM
from langsmith_sandbox.cluster.errors import ImageError
from langsmith_sandbox.cluster.layers import unpack
from langsmith_sandbox.cluster.reference import ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_sandbox.cluster.distribution import Distribution

RUNTIME_LABEL = "dev.langsmith-sandbox.runtime"


@dataclasses.dataclass(frozen=True)
class Image:
    """An image on this node.

    Attributes:
        reference: As the Pod named it.
        image_id: ``host/repository@sha256:...``, the Pod's ``imageID``.
        root: The unpacked file system. Shared by all containers: read only, by agreement.
        config: The ``config`` object of the image configuration (``Entrypoint``, ``Cmd``, ``Env``, ...).
        architecture: Of its programs, as the image configuration has it; empty when that does not say.
    """

    reference: str
    image_id: str
    root: Path
    config: Mapping[str, Any]
    architecture: str = ""

    @property
    def runtime(self) -> str:
        """Which interpreter of this machine runs it; empty for images not made for the sandbox."""
        return (self.config.get("Labels") or {}).get(RUNTIME_LABEL, "")

    @property
    def env(self) -> dict[str, str]:
        """The image's own variables."""
        return dict(entry.split("=", 1) for entry in self.config.get("Env") or () if "=" in entry)


class ImageStore:
    """Images under one folder, shared by the nodes of all clusters; safe between threads and processes.

    Args:
        folder: Where to keep them.
        distribution: The registry everything is pulled from. References to any other registry are looked up there by
            path, as by a pull-through mirror.
    """

    def __init__(self, folder: Path, distribution: Distribution) -> None:
        self._folder = folder
        self._distribution = distribution
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def obtain(self, text: str, policy: str | None, *, architecture: str = NODE_PLATFORM[1]) -> tuple[Image, bool]:
        """The image a Pod names, and whether it had to be pulled.

        Args:
            text: The reference, as in ``image:``.
            policy: ``imagePullPolicy``; None for Kubernetes' default.
            architecture: Of the node that pulls; an image for several has one for each.

        Raises:
            ImageError: It cannot be had.
        """
        reference = ImageReference.parse(text)
        policy = policy or ("Always" if reference.is_latest else "IfNotPresent")
        with self._locks[str(reference)]:
            if policy != "Always" and (image := self._remembered(text, reference, architecture)):
                return image, False
            if policy == "Never":
                message = f'Container image "{text}" is not present with pull policy of Never'
                raise ImageError(message, reason="ErrImageNeverPull")
            return self._pull(text, reference, architecture), True

    def _remembered(self, text: str, reference: ImageReference, architecture: str) -> Image | None:
        try:
            record = json.loads(self._record(reference, architecture).read_text())
        except (OSError, ValueError):
            return None
        return self._load(text, reference, record["digest"], architecture)

    def _pull(self, text: str, reference: ImageReference, architecture: str) -> Image:
        digest, manifest = self._distribution.resolve(
            reference.repository, reference.version, shown=str(reference), architecture=architecture
        )
        image = self._load(text, reference, digest, architecture)
        if image is None:
            self._unpack(reference.repository, self._place(digest, architecture), manifest)
            image = self._load(text, reference, digest, architecture)
        if image is None:
            raise ImageError(f'failed to pull and unpack image "{reference}": the image store lost it')
        _write_atomically(self._record(reference, architecture), {"reference": str(reference), "digest": digest})
        return image

    def _load(self, text: str, reference: ImageReference, digest: str, node: str) -> Image | None:
        place = self._place(digest, node)
        try:
            config = json.loads((place / "config.json").read_text())
        except OSError:
            return None
        image_id = f"{reference.host}/{reference.repository}@{digest}"
        architecture = config.get("architecture", "")
        return Image(text, image_id, place / "root", config.get("config") or {}, architecture)

    def _unpack(self, repository: str, place: Path, manifest: Mapping[str, Any]) -> None:
        unfinished = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
        shutil.rmtree(unfinished, ignore_errors=True)
        (unfinished / "root").mkdir(parents=True)
        try:
            config = self._distribution.blob(repository, manifest["config"]["digest"])
            for layer in manifest.get("layers") or ():
                archive = unfinished / "layer"
                self._distribution.download(repository, layer["digest"], archive)
                unpack(archive, unfinished / "root")
                archive.unlink()
            (unfinished / "config.json").write_bytes(config)
            # Another process may have been quicker: its copy has the same digest, so it is as good.
            with contextlib.suppress(OSError):
                unfinished.rename(place)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _place(self, digest: str, architecture: str) -> Path:
        # The digest may be an index's, behind which every architecture has files of its own.
        return self._folder / "by-digest" / f"{digest.removeprefix('sha256:')}-{architecture}"

    def _record(self, reference: ImageReference, architecture: str) -> Path:
        name = hashlib.sha256(f"{reference} {architecture}".encode()).hexdigest()
        return self._folder / "by-reference" / f"{name}.json"


def _write_atomically(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    unfinished.write_text(json.dumps(value))
    unfinished.replace(path)
