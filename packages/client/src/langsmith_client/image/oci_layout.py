"""An image as files: the OCI image layout, which docker, podman and skopeo load.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from langsmith_client.registry.upload import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_client.image.composition import Blob, Composition

_ARCHIVE_SUFFIX = ".tar"


def write_layout(image: Composition, name: str, tag: str, output: Path) -> None:
    """Write `image` to `output`: an archive if its name ends in `.tar`, else a folder, which must not exist.

    Args:
        image: The image.
        name: Its name when it is loaded into docker.
        tag: Its tag there and in the layout's index.
        output: Where to.

    Raises:
        OSError: It cannot be written; nothing is left at `output` then.
    """
    with finished_at(output) as unfinished:
        if is_archive(output):
            with tarfile.open(unfinished, "w") as tar:
                _fill(image, name, tag, _Archive(tar))
        else:
            unfinished.mkdir()
            _fill(image, name, tag, _Folder(unfinished))


def is_archive(output: Path) -> bool:
    """Whether a layout of this name is one file."""
    return output.suffix == _ARCHIVE_SUFFIX


@contextlib.contextmanager
def finished_at(output: Path) -> Iterator[Path]:
    """A place to write to; what is there becomes `output` when all went well, and is gone when it did not."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as folder:
        unfinished = Path(folder) / "image"
        yield unfinished
        unfinished.rename(output)


class _Place(Protocol):
    def add(self, path: str, blob: Blob | bytes) -> None: ...


def _fill(image: Composition, name: str, tag: str, place: _Place) -> None:
    manifest = image.manifest
    # containerd, and with it docker, names an image by the first of these; others go by the second.
    annotations = {"io.containerd.image.name": f"{name}:{tag}", "org.opencontainers.image.ref.name": tag}
    entry = {
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "size": len(manifest.content),
        "annotations": annotations,
    }
    index = {"schemaVersion": 2, "manifests": [entry]}
    place.add("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    place.add("index.json", json.dumps(index, sort_keys=True, separators=(",", ":")).encode())
    place.add(_path(manifest.digest), manifest.content)
    for blob in {blob.digest: blob for blob in image.blobs}.values():
        place.add(_path(blob.digest), blob)


def _path(digest: str) -> str:
    return "blobs/" + digest.replace(":", "/")


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, path: str, blob: Blob | bytes) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            if isinstance(blob, bytes):
                file.write(blob)
                return
            for start in range(0, blob.size, CHUNK):
                file.write(blob.content(start, min(CHUNK, blob.size - start)))


class _Archive:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, path: str, blob: Blob | bytes) -> None:
        member = tarfile.TarInfo(path)
        if isinstance(blob, bytes):
            member.size = len(blob)
            self._tar.addfile(member, io.BytesIO(blob))
        else:
            member.size = blob.size
            self._tar.addfile(member, _Reading(blob))


class _Reading(io.RawIOBase):
    """A blob as the file that tarfile wants."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob, self._place = blob, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        left = self._blob.size - self._place
        content = self._blob.content(self._place, left if size < 0 else min(size, left))
        self._place += len(content)
        return content
