"""Unpacking image layers: tar archives on top of each other, with whiteouts.

Whiteouts are those of the OCI image specification: ``.wh.NAME`` removes NAME, ``.wh..wh..opq`` empties its folder.
No archive is trusted: nothing is ever written outside the root, by name or through a link.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"


def unpack(archive: Path, root: Path) -> None:
    """Lay one layer, a tar plain or compressed, over ``root``.

    Devices, sockets and pipes are left out: a process here has those of the machine.

    Raises:
        ImageError: The archive cannot be read, or reaches outside the root.
    """
    try:
        with tarfile.open(archive, "r:*") as layer:
            laid: set[Path] = set()
            for member in layer:
                _lay(layer, member, root, laid)
    except (tarfile.TarError, OSError, EOFError) as problem:
        raise ImageError(f"failed to unpack a layer: {problem}") from problem


def _lay(layer: tarfile.TarFile, member: tarfile.TarInfo, root: Path, laid: set[Path]) -> None:
    parts = [part for part in member.name.split("/") if part not in {"", "."}]
    if not parts:
        return
    if ".." in parts:
        raise ImageError(f"failed to unpack a layer: {member.name} reaches outside the image")
    *folders, name = parts
    parent = root.joinpath(*folders)
    if not parent.resolve().is_relative_to(root.resolve()):
        raise ImageError(f"failed to unpack a layer: {member.name} reaches outside the image through a link")
    parent.mkdir(parents=True, exist_ok=True)
    if name == OPAQUE:
        # Only what lower layers brought goes; the order of entries within a layer is free.
        for hidden in [path for path in parent.iterdir() if path not in laid]:
            _remove(hidden)
        return
    if name.startswith(WHITEOUT):
        _remove(parent / name.removeprefix(WHITEOUT))
        return
    _write(layer, member, parent / name, root)
    laid.update((parent / name, *(root.joinpath(*folders[: depth + 1]) for depth in range(len(folders)))))


def _write(layer: tarfile.TarFile, member: tarfile.TarInfo, path: Path, root: Path) -> None:
    if member.isdir():
        if path.is_symlink() or not path.is_dir():
            _remove(path)
            path.mkdir()
        path.chmod(member.mode & 0o777 | 0o700)
        return
    if not (member.isreg() or member.issym() or member.islnk()):
        return
    _remove(path)
    if member.issym():
        path.symlink_to(member.linkname)
    elif member.islnk():
        target = root.joinpath(*[part for part in member.linkname.split("/") if part not in {"", "."}])
        if ".." in target.parts or not target.parent.resolve().is_relative_to(root.resolve()):
            raise ImageError(f"failed to unpack a layer: {member.name} links outside the image")
        os.link(target, path, follow_symlinks=False)
    else:
        content = layer.extractfile(member)
        if content is not None:
            with content, path.open("wb") as file:
                shutil.copyfileobj(content, file)
            path.chmod(member.mode & 0o777 | 0o600)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
