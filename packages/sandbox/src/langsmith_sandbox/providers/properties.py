"""Property values as the engine sends them, as plain Python trees, and back.

A tree is made of ``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` and ``dict``; a value that is not known
before an update has run is `UNKNOWN`, and a secret one is wrapped in `Secret`. Wire format:
https://pulumi-developer-docs.readthedocs.io/latest/developer-docs/providers/implementers-guide.html.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from langsmith_sandbox.errors import SandboxError

Value = Any
Properties = dict[str, Any]

_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker in the protocol
_OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        _UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class UnsupportedValueError(SandboxError):
    """The engine sent a kind of value that no stand-in provider takes."""


class _Unknown:
    """Type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> _Unknown:
        return self

    def __deepcopy__(self, _: object) -> _Unknown:
        return self


UNKNOWN: Final = _Unknown()
"""A value that only exists after the update; compare with ``is``."""


@dataclasses.dataclass(frozen=True)
class Secret:
    """A value the engine keeps encrypted; its representation never shows it."""

    value: Value = dataclasses.field(repr=False)


def decode(struct: struct_pb2.Struct) -> Properties:
    """The properties of a request. Whole numbers become ``int``.

    Raises:
        UnsupportedValueError: For assets, archives and resource references.
    """
    return {key: _decode(value) for key, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Value:
    match value.WhichOneof("kind"):
        case "bool_value":
            return value.bool_value
        case "number_value":
            return int(value.number_value) if value.number_value.is_integer() else value.number_value
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case "struct_value":
            return _decode_struct(value.struct_value)
        case _:
            return None


def _decode_struct(struct: struct_pb2.Struct) -> Value:
    if _SIGNATURE_KEY not in struct.fields:
        return decode(struct)
    signature = struct.fields[_SIGNATURE_KEY].string_value
    if signature == _SECRET_SIGNATURE:
        return Secret(_decode(struct.fields["value"]))
    if signature == _OUTPUT_SIGNATURE:
        inner = _decode(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
        return Secret(inner) if struct.fields["secret"].bool_value else inner
    raise UnsupportedValueError(
        "A property holds an asset, an archive or a resource reference.",
        "Pass plain values; the sandbox's providers take nothing else.",
    )


def encode(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """The properties of an answer; keys whose value is ``None`` are left out."""
    return struct_pb2.Struct(fields={key: _encode(value) for key, value in properties.items() if value is not None})


def _encode(value: Value) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=_UNKNOWN_STRING)
    if isinstance(value, Secret):
        fields = {_SIGNATURE_KEY: struct_pb2.Value(string_value=_SECRET_SIGNATURE), "value": _encode(value.value)}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=encode(value))
    if isinstance(value, Iterable):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_encode(item) for item in value]))
    raise TypeError(f"a {type(value).__name__} is no property value")


def reveal(value: Value) -> Value:
    """The same tree without its `Secret` wrappers."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def conceal(value: Value, like: Value) -> Value:
    """``value`` with `Secret` wrapped around every place where ``like`` has one.

    A list whose length changed is wrapped whole when any item of ``like`` is secret, since its items cannot be matched.
    """
    if isinstance(value, Secret) or value is None:
        return value
    if isinstance(like, Secret):
        return Secret(reveal(value))
    if isinstance(value, Mapping) and isinstance(like, Mapping):
        return {key: conceal(item, like.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(like, list):
        if len(value) == len(like):
            return [conceal(item, model) for item, model in zip(value, like, strict=True)]
        return Secret(reveal(value)) if holds(like, Secret) else value
    return value


def holds(value: Value, kind: type) -> bool:
    """Whether ``value`` is, or has anywhere in it, an instance of ``kind``."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return holds(value.value, kind)
    if isinstance(value, Mapping):
        return any(holds(item, kind) for item in value.values())
    return isinstance(value, list) and any(holds(item, kind) for item in value)


def has_unknown(value: Value) -> bool:
    """Whether any part of ``value`` is `UNKNOWN`."""
    return holds(value, _Unknown)
