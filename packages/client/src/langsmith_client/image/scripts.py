"""The commands that wheels bring, made to start the image's Python where uv made them start this machine's."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from langsmith_client.image.layer import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePosixPath

FOLDER = "bin"
"""Where uv puts commands below a target folder."""


def script_entries(target: Path, site_packages: PurePosixPath, python: str) -> Iterator[Entry]:
    """The commands of the packages that uv has unpacked in `target`, for the `bin` beside the image's `site_packages`.

    Those declared as entry points are written anew; programs and scripts that came in a wheel as they are stay so, but
    for the first line of Python's.
    """
    folder = site_packages.parents[2] / FOLDER
    interpreter = folder / f"python{python}"
    declared = {point.name: point for point in _entry_points(target)}
    for name, point in declared.items():
        yield Entry(folder / name, _start(point, interpreter), executable=True)
    for path in (target / FOLDER).glob("*"):
        if path.name not in declared:
            yield Entry(folder / path.name, _other(path, interpreter), executable=True)


def _entry_points(target: Path) -> Iterator[importlib.metadata.EntryPoint]:
    for distribution in importlib.metadata.distributions(path=[str(target)]):
        yield from distribution.entry_points.select(group="console_scripts")


def _start(point: importlib.metadata.EntryPoint, interpreter: PurePosixPath) -> bytes:
    first = point.attr.partition(".")[0]
    return (
        f"#!{interpreter}\nimport sys\nfrom {point.module} import {first}\n\n"
        f'if __name__ == "__main__":\n    sys.exit({point.attr}())\n'
    ).encode()


def _other(path: Path, interpreter: PurePosixPath) -> bytes | Path:
    with path.open("rb") as file:
        if file.read(2) != b"#!":
            return path  # a program
    first, _, rest = path.read_bytes().partition(b"\n")
    if rest.startswith(b"'''exec'"):  # where the path of an interpreter is too long for a first line
        rest = rest.split(b"\n", 2)[2]
    elif b"python" not in first:
        return path  # a script of something else
    return f"#!{interpreter}\n".encode() + rest
