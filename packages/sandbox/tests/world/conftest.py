"""Worlds of tiny parts, taken down whatever a test does to them."""

from __future__ import annotations

import dataclasses
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.progress import PlainProgress
from langsmith_sandbox.supervisor import lifecycle
from langsmith_sandbox.world import World

# Tests are imported one by one (importmode=importlib), so modules that several of them share need a place on the path.
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class FakeWorld:
    """One world under the real supervisor."""

    paths: WorldPaths
    said: io.StringIO = dataclasses.field(default_factory=io.StringIO)

    def start(self) -> bool:
        argv = (sys.executable, str(Path(__file__).with_name("fake_world.py")), str(self.paths.home))
        return lifecycle.start(self.paths, argv, PlainProgress(self.said))

    def stop(self) -> bool:
        return lifecycle.stop(self.paths, PlainProgress(self.said))

    @property
    def state(self) -> World:
        world = World.load(self.paths)
        assert world is not None
        return world

    def pids(self) -> dict[str, int]:
        return {part.name: part.pid for part in self.state.parts if part.pid is not None}


@pytest.fixture
def paths(tmp_path: Path) -> WorldPaths:
    return WorldPaths(tmp_path / "home")


@pytest.fixture
def world(paths: WorldPaths) -> Iterator[FakeWorld]:
    fake = FakeWorld(paths)
    yield fake
    fake.stop()
    assert lifecycle.left_running(paths) == [], "a test may not leave processes either"


@pytest.fixture(autouse=True)
def no_accounts_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test finds must not depend on who runs it."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "PULUMI_", "LANGSMITH_")):
            monkeypatch.delenv(name)
