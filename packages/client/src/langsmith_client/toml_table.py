"""One table of a TOML file, read key by key; what is wrong with it is collected, so that one run tells all of it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}


class Table:
    """A table and where it is in its file.

    The keys that were asked for are the keys there are: `finish` reports every other one.

    Args:
        values: As tomllib gives them.
        where: Dotted name of the table, empty for the file's own.
        problems: Where to report to, one sentence each; shared by all tables of a file.
    """

    def __init__(self, values: Mapping[str, Any], where: str, problems: list[str]) -> None:
        self._values = values
        self._where = where
        self._problems = problems
        self._known: list[str] = []

    def value(self, key: str, kind: type) -> Any:
        """A value of a type, or None where it is missing or of another; a whole number passes for a float."""
        self._known.append(key)
        found = self._values.get(key)
        accepted = (int, float) if kind is float else kind
        # For Python true is a number too.
        if found is None or (isinstance(found, accepted) and (kind is bool or not isinstance(found, bool))):
            return found
        self.problem(key, f"must be {_WORDS[kind]}.")
        return None

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Text that is not empty, or None where there is none."""
        found = self.value(key, str)
        if found is not None and not found.strip():
            self.problem(key, "is empty.")
            return None
        if key not in self._values and required:
            self.problem(key, "is missing.")
        return found

    def number(self, key: str, *, default: int, least: int) -> int:
        """A whole number of at least `least`."""
        found = self.value(key, int)
        if found is not None and found < least:
            self.problem(key, f"must be at least {least}.")
        return default if found is None else found

    def flag(self, key: str) -> bool:
        """True or false, false where it is missing."""
        return bool(self.value(key, bool))

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, or None where it is missing."""
        found = self.value(key, list)
        if found is not None and not all(isinstance(each, str) and each for each in found):
            self.problem(key, "must be a list of texts.")
            return None
        return None if found is None else tuple(found)

    def named_texts(self, key: str) -> Mapping[str, str]:
        """A table of texts by name, empty where it is missing."""
        inner = self.table(key)
        found = {name: inner.text(name) for name in inner.names()}
        return {name: text for name, text in found.items() if text is not None}

    def table(self, key: str) -> Table:
        """A table, empty where it is missing."""
        return Table(self.value(key, dict) or {}, self._name(key), self._problems)

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables below a key, by name, in the order of the file."""
        inner = self.table(key)
        for name in inner.names():
            yield name, inner.table(name)

    def names(self) -> tuple[str, ...]:
        """The keys there are, in the order of the file."""
        return tuple(self._values)

    def problem(self, key: str, sentence: str) -> None:
        """Report something wrong with a key, or with the table itself for an empty one; `sentence` follows the name."""
        self._problems.append(f"`{self._name(key)}` {sentence}")

    def finish(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.names():
            if key not in self._known:
                self.problem(key, f"is not known{suggestion(key, self._known)}")

    def _name(self, key: str) -> str:
        return ".".join(part for part in (self._where, key) if part)


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: what was probably meant, or a full stop."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean `{close[0]}`?" if close else "."
