"""One ElastiCache replication group: a Valkey that only speaks through TLS, to whoever has its token."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import secrets
import socket
import sys
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.pki import write_secret
from langsmith_sandbox.part import Part
from langsmith_sandbox.stores.errors import StoreError
from langsmith_sandbox.stores.store_place import StorePlace, listens

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.stores.wanted import WantedStore

PORT = 6379
# Relative, since a socket's path may have a hundred characters and no more; the server works in its folder.
SOCKET = "valkey.sock"
_KEEPER = "sandbox"
_TIMEOUT = 5.0  # seconds


@dataclasses.dataclass(frozen=True)
class ValkeyStore:
    """A Valkey in a folder.

    Attributes:
        program: ``valkey-server``.
        folder: Everything it keeps.
        name: Its part's name; the part that speaks TLS is named after it.
    """

    program: Path
    folder: Path
    name: str

    @property
    def port(self) -> int:
        """Redis' own."""
        return PORT

    def prepare(self, wanted: WantedStore) -> StorePlace:
        """Make the server's files; whom it lets in stays as it is."""
        place = StorePlace.prepare(self.folder, PORT)
        if not self._keeper_file.exists():
            write_secret(self._keeper_file, secrets.token_hex(16).encode())
        if not self._users.exists():
            self._write_users(wanted)
        settings = (
            f"dir {self.folder}\nport 0\nunixsocket {SOCKET}\nunixsocketperm 700\naclfile {self._users}\n"
            f'databases {wanted.databases}\nmaxmemory-policy noeviction\nsave 60 1\nlogfile ""\n'
        )
        (self.folder / "valkey.conf").write_text(settings)
        return place

    def parts(self, place: StorePlace) -> tuple[Part, ...]:
        """The server, and its door."""
        relay = (sys.executable, "-m", "langsmith_sandbox.stores.tls_relay")
        flags = (f"--folder={self.folder}", f"--address={place.address}", f"--port={PORT}")
        return (
            Part(self.name, (str(self.program), str(self.folder / "valkey.conf"))),
            Part(f"{self.name}-tls", (*relay, *flags), ready=lambda: listens(place.address, PORT)),
        )

    def change(self, place: StorePlace, wanted: WantedStore) -> None:  # noqa: ARG002 - PostgreSQL's needs it
        """Have the running server take these tokens and no others.

        Raises:
            StoreError: The server refuses.
        """
        self._write_users(wanted)
        said = f"AUTH {_KEEPER} {self._keeper_file.read_text()}\r\nACL LOAD\r\nQUIT\r\n"
        try:
            answer = self._tell(said)
        except OSError as problem:
            raise StoreError(f"{self.name} cannot be asked ({type(problem).__name__}).", "Start it again.") from None
        if answer != b"+OK\r\n" * 3:
            raise StoreError(f"{self.name} does not take its new tokens.", "See its log.")

    def _tell(self, said: str) -> bytes:
        # By the folder's descriptor: its path may be longer than a socket's may be.
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(_TIMEOUT)
                line.connect(f"/proc/self/fd/{folder}/{SOCKET}")
                line.sendall(said.encode())
                return b"".join(iter(lambda: line.recv(4096), b""))
        finally:
            os.close(folder)

    def _write_users(self, wanted: WantedStore) -> None:
        """The sandbox's own user, and the one everybody is: with tokens, as ElastiCache's, or without."""
        tokens = [f"#{hashlib.sha256(token.encode()).hexdigest()}" for token in wanted.secrets] or ["nopass"]
        keeper = f"#{hashlib.sha256(self._keeper_file.read_bytes()).hexdigest()}"
        write_secret(
            self._users,
            f"user default on {' '.join(tokens)} ~* &* +@all -@admin\n"
            f"user {_KEEPER} on {keeper} +acl|load +auth +quit\n".encode(),
        )

    @property
    def _users(self) -> Path:
        return self.folder / "users.acl"

    @property
    def _keeper_file(self) -> Path:
        return self.folder / "keeper"
