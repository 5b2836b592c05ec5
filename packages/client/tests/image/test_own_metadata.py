"""The agent's own packages as `importlib.metadata` sees them."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from langsmith_client.image.own_metadata import metadata_entries

PYPROJECT = """
[project]
name = "Acme.Greeter"
version = "1.2.0"
dependencies = ["humanize>=4"]
[project.scripts]
greet = "greeter:main"
[project.entry-points."acme.plugins"]
second = "greeter:two"
first = "greeter:one"
"""


def write(entries, folder: Path) -> Path:
    for entry in entries:
        path = folder / entry.place.relative_to("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(entry.content)
    return folder


def test_name_version_requirements_and_entry_points_are_found_beside_the_modules(make_agent, tmp_path):
    (package,) = (
        make_agent(files={"pyproject.toml": PYPROJECT, "src/greeter/__init__.py": ""}).load(name="greeter").packages
    )
    root = write(metadata_entries(package), tmp_path / "root")
    (found,) = importlib.metadata.distributions(path=[str(root / str(package.import_root).lstrip("/"))])
    assert (found.name, found.version, found.requires) == ("Acme.Greeter", "1.2.0", ["humanize>=4"])
    points = {(point.group, point.name, point.value) for point in found.entry_points}
    assert points == {
        ("console_scripts", "greet", "greeter:main"),
        ("acme.plugins", "first", "greeter:one"),
        ("acme.plugins", "second", "greeter:two"),
    }


def test_nothing_is_made_up_where_the_version_is_not_written_down(make_agent):
    pyproject = '[project]\nname = "greeter"\ndynamic = ["version"]\n'
    (package,) = make_agent(files={"pyproject.toml": pyproject}).load(version="7").packages
    assert list(metadata_entries(package)) == []
