"""The workspace of the end-to-end tests, and everything up in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from workspace import Workspace

ROOT = Path(__file__).parents[2]
# Copied, since the tests change them; everything else is only read.
_COPIED = ("stacks", "agents")
_LINKED = ("packages", "toolchain", "pyproject.toml", "uv.lock", ".venv")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A committed copy of the product; whatever a test leaves running is stopped."""
    root = tmp_path_factory.mktemp("workspace")
    ignored = shutil.ignore_patterns(".venv", "__pycache__", ".pytest_cache", "Pulumi.sandbox.yaml")
    for name in _COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in _LINKED:
        (root / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / ".gitignore", root / ".gitignore")
    made = Workspace(root)
    made.run("git", "init", "-q")
    made.commit("Everything")
    yield made
    made.run("langsmith-sandbox", "reset", "--yes", expect=None)


@pytest.fixture(scope="session")
def standing(workspace: Workspace) -> dict[str, Any]:
    """The workspace with everything up: the result of the first ``langsmith-sandbox up``."""
    return json.loads(workspace.run("langsmith-sandbox", "up", "--json").stdout)
