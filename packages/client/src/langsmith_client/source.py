"""The files of an agent that enter its image, and the digest of their content."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from langsmith_client.errors import ProjectError
from langsmith_client.ignore import IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langsmith_client.local_packages import LocalPackage


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """One file or symbolic link.

    Attributes:
        path: Where it is on this machine, absolute.
        container: Where it goes in the image.
        executable: Whether its owner may execute it; no other permission enters an image.
        link: Target of a symbolic link, as written; None for a regular file.
    """

    path: Path
    container: PurePosixPath
    executable: bool = False
    link: str | None = None

    def content(self) -> bytes:
        """What the image's digest depends on: the bytes, or the target of a link."""
        return self.path.read_bytes() if self.link is None else os.fsencode(self.link)


@dataclasses.dataclass(frozen=True)
class SourceTree:
    """Everything that enters the image from the agent's folders.

    Attributes:
        files: Sorted by their place in the image.
        rules: Folder to the rules that hold below it, in the order of the packages.
    """

    files: tuple[SourceFile, ...]
    rules: tuple[tuple[Path, Path, IgnoreRules], ...]

    def enters(self, path: Path) -> bool:
        """True when a file at the absolute `path` would enter the image if it existed."""
        for package, root, rules in self.rules:
            if path.is_relative_to(package) and not rules.excludes(PurePosixPath(path.relative_to(root).as_posix())):
                return True
        return False

    def digest(self) -> str:
        """64 hex digits that change when, and only when, a place, a byte or an execute bit changes."""
        total = hashlib.sha256()
        for file in self.files:
            kind = "link" if file.link is not None else "run" if file.executable else "file"
            content = hashlib.sha256(file.content()).hexdigest()
            total.update(f"{file.container}\0{kind}\0{content}\n".encode())
        return total.hexdigest()


def read_source(agent: Path, packages: Sequence[LocalPackage]) -> SourceTree:
    """Walk the packages of the agent whose langgraph.json lies in `agent`.

    A package below the agent's folder obeys that folder's .dockerignore, any other its own: these are the roots of
    the build contexts that docker would be given.

    Raises:
        ProjectError: A file cannot be put into an image.
    """
    files: dict[PurePosixPath, SourceFile] = {}
    rules: list[tuple[Path, Path, IgnoreRules]] = []
    for package in packages:
        root = agent.resolve() if package.directory.is_relative_to(agent.resolve()) else package.directory
        ignored = IgnoreRules.read(root)
        rules.append((package.directory, root, ignored))
        for path in _walk(package.directory, root, ignored):
            container = package.container / path.relative_to(package.directory).as_posix()
            files[container] = _source_file(path, container)
    return SourceTree(tuple(files[place] for place in sorted(files)), tuple(rules))


def _walk(folder: Path, root: Path, rules: IgnoreRules) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        inside = Path(here)
        links = [name for name in folders if (inside / name).is_symlink()]
        folders[:] = [
            name
            for name in folders
            if name not in links and not rules.may_skip(PurePosixPath((inside / name).relative_to(root).as_posix()))
        ]
        for name in (*names, *links):
            path = inside / name
            if not rules.excludes(PurePosixPath(path.relative_to(root).as_posix())):
                yield path


def _source_file(path: Path, container: PurePosixPath) -> SourceFile:
    if "\n" in str(container):
        raise ProjectError([f"The file name {path.name!r} holds a line break."], "Rename or ignore the file.")
    if path.is_symlink():
        return SourceFile(path, container, link=os.readlink(path))
    if not path.is_file():
        raise ProjectError([f"{path} is neither a file nor a link."], "Remove it, or name it in .dockerignore.")
    return SourceFile(path, container, executable=os.access(path, os.X_OK))
