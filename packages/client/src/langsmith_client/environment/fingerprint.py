"""Values as short hashes, that show which are equal and nothing else."""

from __future__ import annotations

import hmac
import secrets

_LENGTH = 8  # hexadecimal digits


class Fingerprints:
    """Hashes under a key that is never shown and lasts as long as this object.

    So a log tells nothing about a value, not even to someone who guesses it, and the same value looks different the
    next time.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, value: str) -> str:
        """The fingerprint of a value."""
        return hmac.digest(self._key, value.encode(), "sha256").hex()[:_LENGTH]
