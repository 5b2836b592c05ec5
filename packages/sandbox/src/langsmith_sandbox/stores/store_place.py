"""Where one store is: a folder, and a loopback address of its own, so that its port is the documented one."""

from __future__ import annotations

import dataclasses
import ipaddress
import secrets
import socket
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster import pki

if TYPE_CHECKING:
    from pathlib import Path

# Next to the Pods' 127.64.0.0/10.
_NETWORK = ipaddress.IPv4Network("127.32.0.0/11")
_TRIES = 50
_ADDRESS = "address"


@dataclasses.dataclass(frozen=True)
class StorePlace:
    """A prepared folder.

    Attributes:
        folder: For the owner's eyes only.
        address: Remembered in it, so that a store keeps its endpoint.
    """

    folder: Path
    address: str

    @classmethod
    def prepare(cls, folder: Path, port: int) -> StorePlace:
        """Have a folder, an address whose ``port`` is free, and a certificate for it."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        remembered = folder / _ADDRESS
        if not remembered.exists():
            address = _free_address(port)
            authority = pki.create_authority("langsmith-sandbox-stores")
            (folder / "ca.crt").write_bytes(authority.certificate_pem)
            pki.write_pair(folder, "server", pki.issue(authority, address, serves=[address]))
            remembered.write_text(address)
        return cls(folder, remembered.read_text())

    @property
    def certificate(self) -> Path:
        """The server's, whose authority is ``ca.crt`` beside it."""
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / "server.key"


def listens(address: str, port: int) -> bool:
    """Whether something does there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def _free_address(port: int) -> str:
    for _ in range(_TRIES):
        address = str(_NETWORK[secrets.randbelow(_NETWORK.num_addresses - 2) + 1])
        if not listens(address, port):
            return address
    raise OSError(f"no free loopback address in {_NETWORK}")
