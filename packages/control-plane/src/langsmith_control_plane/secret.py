"""A string that does not show itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

MASK = "**********"


class Secret:
    """A secret string; only `reveal` gives it away.

    Printing, formatting and logging show a mask of fixed length, and it refuses to be pickled, so that it cannot slip
    into a state file or another process.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | Secret) -> None:
        self._value: str = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """The string itself: call it where the value is sent, nowhere else."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")


# Redacting shorter strings would garble ordinary words and hide nothing worth hiding.
_SHORTEST_REDACTED = 6


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """``text`` with every occurrence of a secret masked; secrets under six characters are left alone."""
    values = {secret.reveal() for secret in secrets}
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST_REDACTED:
            text = text.replace(value, MASK)
    return text
