"""One world for all cells."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from growing_stack import GrowingStack
from workspace import Workspace

ROOT = Path(__file__).parents[2]
_LINKED = ("packages", "toolchain", "pyproject.toml", "uv.lock", ".venv")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GrowingStack]:
    """The hosting stack in a running world of its own, without agents: cells differ in what is below them."""
    root = tmp_path_factory.mktemp("matrix")
    shutil.copytree(ROOT / "stacks", root / "stacks", ignore=shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml"))
    for name in _LINKED:
        (root / name).symlink_to(ROOT / name)
    workspace = Workspace(root)
    workspace.run("langsmith-sandbox", "start")
    yield GrowingStack.of(workspace)
    workspace.run("langsmith-sandbox", "reset", "--yes", expect=None)
