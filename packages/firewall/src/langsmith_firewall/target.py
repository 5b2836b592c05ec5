"""Where a service's list is: the names that lead to it, each with its rule."""

from __future__ import annotations

import dataclasses
import difflib
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

from langsmith_firewall.errors import Problem

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclasses.dataclass(frozen=True)
class TargetField:
    """One name that leads to a list.

    Attributes:
        pattern: Regular expression its whole value matches.
        example: A value that does.
        default: The value where none is given; None makes the field required, an empty text optional.
    """

    pattern: str
    example: str
    default: str | None = None


def endpoint(default: str) -> TargetField:
    """Base URL of a vendor's API, which sovereign clouds have under another name."""
    return TargetField(r"https?://[^\s/?#@]+(/[^\s?#]*)?", default, default)


def check_target(fields: Mapping[str, TargetField], target: Mapping[str, Any]) -> tuple[dict[str, str], list[Problem]]:
    """The target with its defaults, and what is wrong with it."""
    problems = [_unknown(name, fields) for name in target if name not in fields]
    checked: dict[str, str] = {}
    for name, field in fields.items():
        value = target.get(name)
        if value is None:
            value = field.default
        if type(value) is int:
            value = str(value)  # a project's number, say, which YAML does not take for text
        if value is None:
            problems.append(Problem(name, f"It is required and not given. Write one such as {field.example}."))
        elif not isinstance(value, str) or (
            value != field.default and not re.fullmatch(field.pattern, value, re.ASCII)
        ):
            problems.append(Problem(name, f"{value!r} is not usable. Write one such as {field.example}."))
        elif name == "endpoint" and value and not _is_safe(value):
            problems.append(Problem(name, f"{value} is not encrypted, and credentials go there. Use https."))
        elif value:
            checked[name] = value
    return checked, problems


def _is_safe(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def _unknown(name: str, fields: Iterable[str]) -> Problem:
    known = sorted(fields)
    close = difflib.get_close_matches(name, known, n=1)
    return Problem(
        name, f"There is no such field. {f'Did you mean {close[0]}?' if close else 'Use ' + ', '.join(known)}"
    )
