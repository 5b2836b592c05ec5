"""What a base image ships: the Python packages an agent's image must neither repeat nor shadow."""

from __future__ import annotations

import collections
import dataclasses
import io
import json
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from langsmith_client.errors import BuildError
from langsmith_client.turns import turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

    from langsmith_client.image.base_image import BaseImage
    from langsmith_client.registry import Registry

_CONSTRAINTS = PurePosixPath("api/constraints.txt")
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"


@dataclasses.dataclass(frozen=True)
class BaseContents:
    """Attributes:
    site_packages: The folder its packages are in, absolute; None when it has none.
    packages: Canonical name to version.
    constraints: Its own /api/constraints.txt, empty when it has none.
    """

    site_packages: str | None
    packages: dict[str, str]
    constraints: str


def base_contents(registry: Registry, base: BaseImage, cache: Path) -> BaseContents:
    """What `base` ships. Its layers are read once for each digest; later answers come from the folder `cache`.

    Raises:
        BuildError: A layer cannot be read.
    """
    remembered = cache / f"{base.digest.removeprefix('sha256:')}.json"
    with turn(base.digest):  # the agents of a fleet are built together, and a base is large
        if remembered.is_file():
            return BaseContents(**json.loads(remembered.read_text(encoding="utf-8")))
        contents = _read(registry, base)
        _keep(contents, remembered)
    return contents


def _read(registry: Registry, base: BaseImage) -> BaseContents:
    found = _Reading()
    for descriptor in base.manifest["layers"]:
        pieces = registry.stream_blob(base.source, descriptor["digest"], descriptor["size"])
        stream = io.BufferedReader(_Stream(pieces))
        try:
            with tarfile.open(fileobj=stream, mode="r|*") as tar:
                found.add(tar)
        except tarfile.TarError as error:
            raise BuildError(
                f"A layer of {base.name} ({descriptor['mediaType']}) cannot be read: {error}.",
                "Use --builder docker, or a base image with gzipped layers.",
            ) from None
    return found.contents()


def _keep(contents: BaseContents, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: another process may be about to write the same.
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".new", delete=False, encoding="utf-8") as fresh:
        json.dump(dataclasses.asdict(contents), fresh)
    Path(fresh.name).replace(path)


class _Reading:
    """The state while layer after layer is laid over the ones before."""

    def __init__(self) -> None:
        self._folders: dict[PurePosixPath, None] = {}
        self._constraints = ""

    def add(self, tar: tarfile.TarFile) -> None:
        fresh: dict[PurePosixPath, None] = {}
        for member in tar:
            path = PurePosixPath(member.name.removeprefix("./").lstrip("/"))
            if path.name.startswith(_WHITEOUT):
                self._remove(path)
            elif path == _CONSTRAINTS and (file := tar.extractfile(member)):
                self._constraints = file.read().decode(errors="replace")
            elif path.name == "METADATA" and path.parent.suffix == ".dist-info":
                fresh[path.parent] = None
        self._folders |= fresh  # a whiteout removes what lower layers hold, never its own

    def _remove(self, whiteout: PurePosixPath) -> None:
        gone = whiteout.parent
        if whiteout.name != _OPAQUE:
            gone /= whiteout.name.removeprefix(_WHITEOUT)
        metadata = gone.parent if gone.name == "METADATA" else gone
        self._folders = {folder: None for folder in self._folders if not folder.is_relative_to(metadata)}

    def contents(self) -> BaseContents:
        packages: dict[str, str] = {}
        homes: collections.Counter[PurePosixPath] = collections.Counter()
        for folder in self._folders:
            name, _, version = folder.stem.partition("-")
            if folder.parent.name in {"site-packages", "dist-packages"} and version:
                packages[canonicalize_name(name)] = version
                homes[folder.parent] += 1
        home = f"/{homes.most_common(1)[0][0]}" if homes else None
        return BaseContents(home, packages, self._constraints)


class _Stream(io.RawIOBase):
    """Bytes that arrive in pieces, as the file that tarfile wants."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        # A piece is large and tarfile reads little at a time: what is left of it must not be copied for each read.
        target = memoryview(buffer)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
