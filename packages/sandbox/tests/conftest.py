"""Tools that were built already: a test asks for one and is skipped, saying why, when it is not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from langsmith_sandbox.toolchain.store import cache_root


@pytest.fixture(scope="session")
def find_tool() -> Callable[[str], Path]:
    """The program of that name on PATH or among the sandbox's builds; nothing is built for a test's sake."""

    def find(name: str) -> Path:
        built = sorted((cache_root() / "toolchain").glob(f"*/{name}"), key=lambda path: path.stat().st_mtime)
        found = shutil.which(name) or (str(built[-1]) if built else None)
        if found is None:
            pytest.skip(f"{name} is neither on PATH nor built: run `make up` once")
        return Path(found)

    return find


@pytest.fixture(scope="session")
def helm(find_tool: Callable[[str], Path]) -> Path:
    """The real helm."""
    return find_tool("helm")


@pytest.fixture(scope="session", autouse=True)
def _helm_on_path() -> None:
    """The provider calls ``helm`` by name, as `langsmith-sandbox env` lets it; only found here, never built."""
    built = sorted((cache_root() / "toolchain").glob("*/helm"), key=lambda path: path.stat().st_mtime)
    if built and shutil.which("helm") is None:
        os.environ["PATH"] += os.pathsep + str(built[-1].parent)
