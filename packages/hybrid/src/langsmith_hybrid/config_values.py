"""From the stack file's strings to typed values, field by field of the configuration dataclass."""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import config as runtime_config

from langsmith_hybrid.errors import Problem

# Parsed apart: its value never leaves the engine as plain text.
_SECRET_FIELDS = frozenset({"langsmith_api_key"})


def stack_key(field: str) -> str:
    """The stack file key of a field: ``eks_cluster_name`` is ``eksClusterName``."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


@dataclasses.dataclass(frozen=True)
class StackValues:
    """The project's own keys of the current stack, without the project's prefix.

    Attributes:
        plain: Key to value as the engine hands it over: a string, JSON for lists and maps. Secrets are in here too.
        secret_keys: The keys whose values are encrypted in the stack file.
    """

    plain: Mapping[str, str]
    secret_keys: frozenset[str]

    @classmethod
    def of_current_stack(cls) -> StackValues:
        """What the engine passed to this program."""
        prefix = f"{pulumi.get_project()}:"
        passed = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
        names = [name for name in passed if name.startswith(prefix)]
        return cls(
            plain={name.removeprefix(prefix): passed[name] for name in names},
            secret_keys=frozenset(name.removeprefix(prefix) for name in names if runtime_config.is_config_secret(name)),
        )


def defaults(shape: type) -> dict[str, Any]:
    """The values of all fields of the dataclass ``shape`` that have a default."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(shape):
        if field.default is not dataclasses.MISSING:
            found[field.name] = field.default
        elif field.default_factory is not dataclasses.MISSING:
            found[field.name] = field.default_factory()
    return found


def parse(shape: type, stack: StackValues, optional: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Typed values for the fields of ``shape`` that the stack sets, and a problem for each that cannot be had.

    Secret fields are left out. ``region`` may be missing here: it has sources outside the project's own keys.

    Args:
        shape: The configuration dataclass.
        stack: What the stack sets.
        optional: Values of the fields that need not be set.
    """
    hints = typing.get_type_hints(shape)
    fields = {stack_key(field.name): field for field in dataclasses.fields(shape)}
    values: dict[str, Any] = {}
    problems = [_unknown(key, fields) for key in stack.plain if key not in fields]
    for key, field in fields.items():
        if field.name in _SECRET_FIELDS:
            continue
        text = stack.plain.get(key)
        if text is None:
            if field.name not in optional and field.name != "region":
                problems.append(Problem(key, "is required and not set.", f"Set it with `pulumi config set {key} ...`."))
            continue
        try:
            values[field.name] = _typed(hints[field.name], text)
        except ValueError as error:
            problems.append(Problem(key, f"is {text!r}.", f"It must be {error}."))
    return values, problems


def _unknown(key: str, fields: Mapping[str, object]) -> Problem:
    by_lowercase = {known.lower(): known for known in fields}
    near = difflib.get_close_matches(key.lower(), by_lowercase, n=1)
    remedy = (
        f"Did you mean {by_lowercase[near[0]]}?" if near else "Remove it; the configuration reference lists the keys."
    )
    return Problem(key, "is not a key of this program.", remedy)


def _typed(hint: Any, text: str) -> Any:
    """The value of type ``hint`` that ``text`` writes. Raises ValueError with what was expected, as in "a number"."""
    if isinstance(hint, types.UnionType):
        (inner,) = (option for option in typing.get_args(hint) if option is not type(None))
        return _typed(inner, text)
    if hint is str:
        return text
    if typing.get_origin(hint) is typing.Literal:
        if text not in (choices := typing.get_args(hint)):
            raise ValueError(f"one of {', '.join(choices)}")
        return text
    if hint is bool:
        if text not in {"true", "false"}:
            raise ValueError("true or false")
        return text == "true"
    if hint is int:
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
            raise ValueError("a whole number")
        return int(text)
    return _structured(hint, _json(text))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text  # neither a list nor a map, which says it as well


def _structured(hint: Any, value: Any) -> Any:
    """The value of type ``hint`` in parsed JSON: lists and maps of strings, and lists of records."""
    if hint is str or typing.get_origin(hint) is typing.Literal:
        if not isinstance(value, str):
            raise ValueError("a string")
        return _typed(hint, value)
    if typing.get_origin(hint) is tuple:
        (element, _) = typing.get_args(hint)
        if not isinstance(value, list) or (element is str and not all(isinstance(part, str) for part in value)):
            raise ValueError("a list of strings" if element is str else "a list of maps")
        return tuple(_structured(element, part) for part in value)
    if dataclasses.is_dataclass(hint):
        return _record(hint, value)
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        raise ValueError("a map of strings")
    return value


def _record(shape: Any, value: Any) -> Any:
    fields = {stack_key(field.name): field for field in dataclasses.fields(shape)}
    if not isinstance(value, dict):
        raise ValueError(f"a list of maps with the keys {', '.join(fields)}")
    required = {key for key, field in fields.items() if field.default is dataclasses.MISSING}
    if unknown := sorted(value.keys() - fields.keys()):
        raise ValueError(f"without the key {unknown[0]}: there are {', '.join(fields)}")
    if missing := sorted(required - value.keys()):
        raise ValueError(f"a list of maps that have the key {missing[0]}")
    hints = typing.get_type_hints(shape)
    given: dict[str, Any] = {}
    for key, part in value.items():
        try:
            given[fields[key].name] = _structured(hints[fields[key].name], part)
        except ValueError as error:
            raise ValueError(f"right in {key}, which is {error}") from None
    return shape(**given)
