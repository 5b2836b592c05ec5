"""What an installer would have written about the agent's own packages, so that `importlib.metadata` finds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from langsmith_client.image.layer import Entry
from langsmith_client.local_packages import LocalPackage, read_pyproject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# https://packaging.python.org/en/latest/specifications/entry-points/
_SHORTHANDS = {"scripts": "console_scripts", "gui-scripts": "gui_scripts"}


def metadata_entries(package: LocalPackage) -> Iterator[Entry]:
    """The `.dist-info` of a package that is imported from its source; none where its version is not written down."""
    project = read_pyproject(package.directory).get("project", {})
    if not {"name", "version"} <= project.keys():
        return
    folder = package.import_root / f"{re.sub(r'[-_.]+', '_', project['name'])}-{project['version']}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in package.requirements]
    yield Entry(folder / "METADATA", _text(lines))
    if points := _entry_points(project):
        yield Entry(folder / "entry_points.txt", _text(points))


def _entry_points(project: Mapping[str, Any]) -> list[str]:
    groups = {group: project[key] for key, group in _SHORTHANDS.items() if key in project}
    groups |= project.get("entry-points", {})
    lines: list[str] = []
    for group in sorted(groups):
        lines += [f"[{group}]", *(f"{name} = {groups[group][name]}" for name in sorted(groups[group]))]
    return lines


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
