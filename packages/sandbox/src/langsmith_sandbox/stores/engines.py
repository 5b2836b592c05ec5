"""Which server a store is, and where this machine has it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from langsmith_sandbox.stores.errors import StoreError
from langsmith_sandbox.stores.postgres import PostgresStore
from langsmith_sandbox.stores.valkey import ValkeyStore
from langsmith_sandbox.stores.wanted import POSTGRES, VALKEY, WantedStore

if TYPE_CHECKING:
    from langsmith_sandbox.part import Part
    from langsmith_sandbox.stores.store_place import StorePlace


class Store(Protocol):
    """A server in a folder; every method but ``parts`` raises StoreError."""

    @property
    def port(self) -> int: ...

    def prepare(self, wanted: WantedStore) -> StorePlace:
        """Make its files; what is there stays."""
        ...

    def parts(self, place: StorePlace) -> tuple[Part, ...]:
        """Its processes, in start order."""
        ...

    def change(self, place: StorePlace, wanted: WantedStore) -> None:
        """Have the running server let in who is to be let in now."""
        ...


@dataclasses.dataclass(frozen=True)
class StoreEngines:
    """The servers of this machine.

    Attributes:
        postgres: Folder of PostgreSQL's programs, or None.
        valkey: ``valkey-server``, or None.
    """

    postgres: Path | None = None
    valkey: Path | None = None

    def store(self, engine: str, folder: Path, *, name: str) -> Store:
        """The store in a folder.

        Raises:
            StoreError: This machine has no such server.
        """
        if engine == POSTGRES and self.postgres:
            return PostgresStore(self.postgres, folder, name)
        if engine == VALKEY and self.valkey:
            return ValkeyStore(self.valkey, folder, name)
        raise StoreError(f"This machine has no {engine} server.", "See `langsmith-sandbox toolchain`.")
