"""Seals what the control plane writes to disk: users' secret values are part of it."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from langsmith_sandbox.control_plane.errors import StateUnreadableError


class Vault:
    """Authenticated encryption with a key kept outside the database."""

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise StateUnreadableError("the key beside them is damaged") from None

    @classmethod
    def open(cls, key_file: Path) -> Vault:
        """The vault of ``key_file`` (mode 0600), which is made on first use.

        Raises:
            StateUnreadableError: The file holds no key.
        """
        try:
            descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(key_file.read_bytes())
        key = Fernet.generate_key()
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        return cls(key)

    def seal(self, plain: bytes) -> bytes:
        """An unreadable form of ``plain``."""
        return self._fernet.encrypt(plain)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            StateUnreadableError: The key is not the one it was sealed with.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise StateUnreadableError("they were sealed with another key than the one beside them") from None
