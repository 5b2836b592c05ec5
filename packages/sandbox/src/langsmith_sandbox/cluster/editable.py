"""Packages that an image has installed in editable form: folders named by files of its site-packages.

Only the image's own Python would read those files, and another one runs it here.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Every image has the Agent Server in it like this. The interpreter that stands for the image's brings its own.
_SERVER = "/api"


def editable_folders(site_packages: Path) -> list[str]:
    """The folders, as the image names them, in the order in which its Python would search them."""
    named = [folder for file in sorted(site_packages.glob("*.pth")) for folder in _lines(file)]
    named += [folder for file in sorted(site_packages.glob("__editable__*_finder.py")) for folder in _mapped(file)]
    return [folder for folder in dict.fromkeys(named) if folder != _SERVER]


def _lines(file: Path) -> Iterator[str]:
    for line in file.read_text(errors="replace").splitlines():
        if line.startswith("/"):  # others are programs or comments
            yield line.rstrip()


def _mapped(finder: Path) -> Iterator[str]:
    """Where setuptools' finder, which packages that lie beside their pyproject.toml get, has packages and modules."""
    for statement in ast.parse(finder.read_text(errors="replace")).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "MAPPING" and statement.value:
            for place in ast.literal_eval(statement.value).values():
                yield place.rpartition("/")[0]
