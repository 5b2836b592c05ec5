"""Fixtures of the doctor's tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from operations.doctor.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world where everything is well."""
    return World(tmp_path)
