"""Fixtures of the tests of the search for left-overs."""

from __future__ import annotations

from pathlib import Path

import pytest
from operations.orphans.account import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A stack of which nothing is left."""
    return World(tmp_path)
