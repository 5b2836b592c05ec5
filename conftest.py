"""For every suite: the tools that `make` has built can be found as if they were installed."""

from __future__ import annotations

import os
import shutil

import pytest

from langsmith_sandbox.toolchain.store import cache_root

_TOOLS = ("helm", "registry")


@pytest.fixture(scope="session", autouse=True)
def _built_tools_on_path() -> None:
    """Puts tools that are on PATH nowhere else at its end; nothing is built for a test's sake."""
    for name in _TOOLS:
        built = sorted((cache_root() / "toolchain").glob(f"*/{name}"), key=lambda path: path.stat().st_mtime)
        if built and shutil.which(name) is None:
            os.environ["PATH"] += os.pathsep + str(built[-1].parent)
