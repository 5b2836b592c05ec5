"""Stores of a world, whatever their servers are."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import eventually

from langsmith_sandbox.part import Part
from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.stores.engines import Store, StoreEngines
from langsmith_sandbox.stores.errors import StoreError
from langsmith_sandbox.stores.store_place import StorePlace
from langsmith_sandbox.stores.wanted import WantedStore
from langsmith_sandbox.supervisor.crew import Crew
from langsmith_sandbox.supervisor.stores import AVAILABLE, FAILED, Stores

WANTED = WantedStore("fake", secrets=("s3cr3t",))


@dataclasses.dataclass
class FakeStore:
    """A server that only stays; remembers what it was told."""

    folder: Path
    name: str
    told: list[WantedStore]
    port: int = 7

    def prepare(self, wanted: WantedStore) -> StorePlace:
        if wanted.user == "nobody":
            raise StoreError("It cannot be made.", "Want another.")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.told.append(wanted)
        return StorePlace(self.folder, "127.40.0.1")

    def parts(self, place: StorePlace) -> tuple[Part, ...]:
        return (Part(self.name, (sys.executable, "-c", "import time; time.sleep(600)")),)

    def change(self, place: StorePlace, wanted: WantedStore) -> None:
        self.told.append(wanted)


@dataclasses.dataclass(frozen=True)
class FakeEngines(StoreEngines):
    told: list[WantedStore] = dataclasses.field(default_factory=list)

    def store(self, engine: str, folder: Path, *, name: str) -> Store:
        return FakeStore(folder, name, self.told)


@pytest.fixture
def engines() -> FakeEngines:
    return FakeEngines()


@pytest.fixture
def crew(paths: WorldPaths) -> Iterator[Crew]:
    made = Crew(os.environ, paths.logs, lambda: None)
    yield made
    made.stop([state.name for state in made.states()])
    made.close()


@pytest.fixture
def stores(paths: WorldPaths, crew: Crew, engines: FakeEngines) -> Iterator[Stores]:
    made = Stores(paths.stores, engines, crew)
    yield made
    made.stop()


def test_a_store_is_available_with_its_address_and_runs(stores: Stores, crew: Crew) -> None:
    stores.keep("db", WANTED)
    stores.settle()
    state = stores.state("db")
    assert state is not None
    assert (state.status, state.address, state.port) == (AVAILABLE, "127.40.0.1", 7)
    assert [part.name for part in crew.states()] == ["stores/db"]


def test_a_change_is_told_to_the_running_server(stores: Stores, engines: FakeEngines, crew: Crew) -> None:
    changed = dataclasses.replace(WANTED, secrets=("other",))
    stores.keep("db", WANTED)
    stores.keep("db", changed)
    stores.settle()
    assert engines.told == [WANTED, changed], "in the order in which it was wanted"
    assert len(crew.states()) == 1


def test_a_deleted_store_leaves_neither_process_nor_file(stores: Stores, crew: Crew, paths: WorldPaths) -> None:
    stores.keep("db", WANTED)
    assert stores.delete("db")
    eventually(lambda: not crew.states() and not (paths.stores / "db").exists(), "something of it stays")
    assert stores.state("db") is None
    assert not stores.delete("db")


def test_a_store_that_cannot_be_made_says_why_and_harms_no_other(stores: Stores) -> None:
    stores.keep("bad", dataclasses.replace(WANTED, user="nobody"))
    stores.keep("db", WANTED)
    stores.settle()
    bad, good = stores.state("bad"), stores.state("db")
    assert bad is not None
    assert (bad.status, bad.message) == (FAILED, "It cannot be made.")
    assert good is not None
    assert good.status == AVAILABLE


def test_a_world_that_starts_again_has_its_stores_and_no_secret_of_them_on_disk(
    paths: WorldPaths, crew: Crew, engines: FakeEngines
) -> None:
    first = Stores(paths.stores, engines, crew)
    first.keep("db", WANTED)
    first.settle()
    first.stop()
    assert not [file for file in paths.stores.rglob("*") if file.is_file() and "s3cr3t" in file.read_text()]
    again = Stores(paths.stores, engines, crew)
    again.resume()
    again.settle()
    state = again.state("db")
    again.stop()
    assert state is not None
    assert state.status == AVAILABLE


def test_a_machine_without_servers_says_so(paths: WorldPaths, crew: Crew) -> None:
    bare = Stores(paths.stores, StoreEngines(), crew)
    bare.keep("db", WantedStore("postgres"))
    bare.settle()
    state = bare.state("db")
    bare.stop()
    assert state is not None
    assert state.message == "This machine has no postgres server."
