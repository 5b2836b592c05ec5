"""The control plane's memory: one SQLite file whose every record is sealed, so a restart forgets nothing."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import pydantic

from langsmith_sandbox.control_plane.errors import StateUnreadableError
from langsmith_sandbox.control_plane.records import Deployment, Listener, Revision, TracingProject
from langsmith_sandbox.control_plane.vault import Vault

Record = TypeVar("Record")
OPENED = 4096
"""How many records of a collection are kept unsealed. They are frozen, and what is read is still what the file says."""

# Written ahead to a log, so that a commit waits for no disk: a process that dies loses nothing, a machine may.
PREPARATION = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    owner TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (collection, key, owner)
);
"""


@functools.cache
def _adapter(kind: type[Record]) -> pydantic.TypeAdapter[Record]:
    """How records of the type are written and read; made once, since that takes longer than opening a store."""
    return pydantic.TypeAdapter(kind)


class Collection(Generic[Record]):
    """Records of one type, in the order they were first put, each belonging to an owner."""

    def __init__(self, connection: sqlite3.Connection, name: str, kind: type[Record], vault: Vault) -> None:
        self._connection = connection
        self._name = name
        self._adapter = _adapter(kind)
        self._vault = vault
        self._load = functools.lru_cache(OPENED)(self._open)

    def of(self, owner: uuid.UUID) -> tuple[Record, ...]:
        """Every record of ``owner``, oldest first."""
        rows = self._connection.execute(
            "SELECT body FROM records WHERE collection = ? AND owner = ? ORDER BY position", (self._name, str(owner))
        )
        return tuple(self._load(sealed) for (sealed,) in rows.fetchall())

    def everything(self) -> tuple[Record, ...]:
        """Every record of every owner, oldest first."""
        rows = self._connection.execute(
            "SELECT body FROM records WHERE collection = ? ORDER BY position", (self._name,)
        )
        return tuple(self._load(sealed) for (sealed,) in rows.fetchall())

    def get(self, key: object, owner: uuid.UUID) -> Record | None:
        """The record, or None when ``owner`` has no such record."""
        row = self._connection.execute(
            "SELECT body FROM records WHERE collection = ? AND key = ? AND owner = ?",
            (self._name, str(key), str(owner)),
        ).fetchone()
        return None if row is None else self._load(row[0])

    def put(self, key: object, owner: uuid.UUID, record: Record) -> None:
        """Adds the record, or replaces it in its place."""
        self._connection.execute(
            "INSERT INTO records (collection, key, owner, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (collection, key, owner) DO UPDATE SET body = excluded.body",
            (self._name, str(key), str(owner), self._vault.seal(self._adapter.dump_json(record))),
        )

    def remove(self, key: object, owner: uuid.UUID) -> None:
        """Forgets the record; one that is not there is no error."""
        self._connection.execute(
            "DELETE FROM records WHERE collection = ? AND key = ? AND owner = ?", (self._name, str(key), str(owner))
        )

    def _open(self, sealed: bytes) -> Record:
        try:
            return self._adapter.validate_json(self._vault.unseal(sealed))
        except pydantic.ValidationError:
            # The values are users' secrets, so the cause is not passed on.
            raise StateUnreadableError("another version of the sandbox wrote them") from None


class Store:
    """Listeners and deployments by tenant, revisions by deployment, tracing projects by tenant and name.

    Raises:
        StateUnreadableError: The folder holds records this program cannot read; told at once, not at the first request.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        vault = Vault.open(folder / "key")
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(folder / "records.sqlite", check_same_thread=False, isolation_level=None)
        try:
            self._connection.executescript(PREPARATION)
        except sqlite3.DatabaseError:
            raise StateUnreadableError("the file is damaged") from None
        self.listeners = Collection(self._connection, "listeners", Listener, vault)
        self.deployments = Collection(self._connection, "deployments", Deployment, vault)
        self.revisions = Collection(self._connection, "revisions", Revision, vault)
        self.projects = Collection(self._connection, "projects", TracingProject, vault)
        for collection in (self.listeners, self.deployments, self.revisions, self.projects):
            collection.everything()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All reads and writes inside happen at once or not at all, and alone."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Releases the file."""
        with self._lock:
            self._connection.close()
