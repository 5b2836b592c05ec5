"""JMESPath with the few functions the tables need, to name parts of a resource without writing code."""

from __future__ import annotations

import functools
import zlib
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath import functions

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Functions(functions.Functions):
    """Functions beside JMESPath's own."""

    @functions.signature({"types": ["string"]}, {"types": ["string"]}, {"types": ["number"]})
    def _func_part(self, text: str, separator: str, index: int) -> str | None:
        pieces = text.split(separator)
        return pieces[int(index)] if -len(pieces) <= index < len(pieces) else None

    @functions.signature({"types": ["string"]}, {"types": ["string"]})
    def _func_split(self, text: str, separator: str) -> list[str]:
        return text.split(separator)

    @functions.signature({"types": ["string"]})
    def _func_crc32(self, text: str) -> str:
        return str(zlib.crc32(text.encode()))

    @functions.signature({"types": ["array", "null"]}, {"types": ["string"]}, {"types": []})
    def _func_having(self, items: list[Any] | None, key: str, value: Any) -> Any:
        """The first item whose ``key`` is ``value``; JMESPath's own filters cannot look outside of the list."""
        return next((item for item in items or () if item.get(key) == value), None) if value is not None else None

    @functions.signature({"types": ["array", "null"]}, {"types": ["object"]})
    def _func_matching(self, items: list[Any] | None, members: dict[str, Any]) -> Any:
        """The first item that has all of ``members``."""
        return next((item for item in items or () if members.items() <= item.items()), None)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_trimmed(self, text: str | None, ending: str) -> str | None:
        return text and text.removesuffix(ending)

    @functions.signature({"types": ["array", "null"]}, {"types": ["array", "null"]})
    def _func_minus(self, items: list[Any] | None, others: list[Any] | None) -> list[Any] | None:
        """Items that are not among ``others``, or nothing at all."""
        return [item for item in items or () if item not in (others or ())] or None

    @functions.signature({"types": ["array", "null"]}, {"types": ["array", "null"]}, {"types": ["string"]})
    def _func_minus_by(self, items: list[Any] | None, others: list[Any] | None, key: str) -> list[Any] | None:
        """Items whose ``key`` none of ``others`` has, or nothing at all."""
        taken = {item[key] for item in others or ()}
        return [item for item in items or () if item[key] not in taken] or None

    @functions.signature({"types": ["number", "null"]}, {"types": ["number"]})
    def _func_subtract(self, number: float | None, other: float) -> float | None:
        return None if number is None else number - other

    @functions.signature({"types": ["string", "null"]}, {"types": ["string", "null"]})
    def _func_version_of(self, actual: str | None, wanted: str | None) -> str | None:
        """``wanted`` if that is the beginning of the version ``actual``, as ``7.1`` is of ``7.1.0``."""
        return wanted if wanted and actual and f"{actual}.".startswith(f"{wanted}.") else actual


_OPTIONS = jmespath.Options(custom_functions=_Functions())


@functools.cache
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def evaluate(expression: str, document: Mapping[str, Any]) -> Any:
    """The value of a JMESPath ``expression`` over ``document``; ``None`` when a part is missing."""
    return _compiled(expression).search(document, options=_OPTIONS)


def arn(service: str, resource: str, *, region: str = "region", account: str = "account") -> str:
    """An expression for the ARN whose last part is the expression ``resource``."""
    return f"join(':', ['arn', partition, '{service}', {region}, {account}, {resource}])"


def joined(*parts: str) -> str:
    """An expression that puts the values of ``parts`` together; a literal part is written in single quotes."""
    return f"join('', [{', '.join(parts)}])"
