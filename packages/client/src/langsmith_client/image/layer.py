"""Image layers whose bytes depend on their content alone: not on the clock, the user or the folder.

What zlib makes of the same content may differ between its implementations, so that two machines agree on a digest if
they have the same zlib; the digest of the plain tar, which the image's configuration lists, is the same on all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import tarfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path, PurePosixPath

# Deflate, no name, no time, and "unknown" (255) for the operating system: Python versions disagree on that byte.
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LEVEL = 6
_PIECE = 1 << 20


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file or symbolic link of a layer.

    Attributes:
        place: Where it goes, absolute.
        content: Its bytes, or the file that holds them; empty for a link.
        executable: Mode 0755 instead of 0644.
        link: Target of a symbolic link.
    """

    place: PurePosixPath
    content: bytes | Path = b""
    executable: bool = False
    link: str | None = None


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer on disk.

    Attributes:
        path: The gzipped tar.
        digest: Of the gzipped bytes; what registries store it under.
        diff_id: Of the tar itself; what the image's configuration lists.
        size: Bytes, gzipped.
        comment: Shown by `docker history`.
    """

    path: Path
    digest: str
    diff_id: str
    size: int
    comment: str

    def content(self, start: int, length: int) -> bytes:
        """That many of the gzipped bytes, from `start`."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)


def write_layer(entries: Iterable[Entry], path: Path, *, owned: PurePosixPath, comment: str) -> Layer:
    """Write the layer of `entries` to `path`.

    Folders strictly below `owned` get entries of their own; those above belong to the base image, whose owner and
    mode must stay.
    """
    with path.open("wb") as file:
        sink = _Gzip(file)
        with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_PIECE) as tar:
            _fill(tar, sorted(entries, key=lambda entry: entry.place.parts), owned)
        sink.finish()
    return Layer(path, sink.digest, sink.diff_id, path.stat().st_size, comment)


def _fill(tar: tarfile.TarFile, entries: Iterable[Entry], owned: PurePosixPath) -> None:
    folders: set[PurePosixPath] = set()
    for entry in entries:
        for folder in reversed(entry.place.parents):
            if owned in folder.parents and folder not in folders:
                folders.add(folder)
                tar.addfile(_information(folder, tarfile.DIRTYPE, 0o755))
        if entry.link is not None:
            information = _information(entry.place, tarfile.SYMTYPE, 0o777)
            information.linkname = entry.link
            tar.addfile(information)
            continue
        content = entry.content if isinstance(entry.content, bytes) else entry.content.read_bytes()
        information = _information(entry.place, tarfile.REGTYPE, 0o755 if entry.executable else 0o644)
        information.size = len(content)
        tar.addfile(information, io.BytesIO(content))


def _information(place: PurePosixPath, kind: bytes, mode: int) -> tarfile.TarInfo:
    information = tarfile.TarInfo(str(place).lstrip("/"))  # owner 0:0 without names and time 0 are its defaults
    information.type = kind
    information.mode = mode
    return information


class _Gzip(io.RawIOBase):
    """Compresses what is written to it, and hashes both sides."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._plain, self._packed = hashlib.sha256(), hashlib.sha256()
        self._checksum, self._length = 0, 0
        self._emit(_GZIP_HEADER)

    @property
    def diff_id(self) -> str:
        return "sha256:" + self._plain.hexdigest()

    @property
    def digest(self) -> str:
        return "sha256:" + self._packed.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - tarfile writes bytes
        self._plain.update(data)
        self._checksum = zlib.crc32(data, self._checksum)
        self._length += len(data)
        self._emit(self._deflate.compress(data))
        return len(data)

    def finish(self) -> None:
        self._emit(self._deflate.flush())
        self._emit(self._checksum.to_bytes(4, "little") + (self._length & 0xFFFFFFFF).to_bytes(4, "little"))

    def _emit(self, data: bytes) -> None:
        self._packed.update(data)
        self._file.write(data)
