"""Reads schemas off the classes of the ``pulumi_aws`` SDK, which takes seconds to import: `schema` remembers them."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import _types

from langsmith_sandbox.providers.aws.schema import Schema, Type

_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}


def schema(token: str) -> Schema:
    """The schema of a resource type.

    Raises:
        KeyError: When the SDK has no such type.
    """
    _, path, name = token.split(":")
    module = importlib.import_module(f"pulumi_aws.{path.split('/')[0]}")
    resource = getattr(module, name, None)
    if resource is None:
        raise KeyError(token)
    home = sys.modules[resource.__module__]
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
    inputs = _object(arguments)
    return Schema(
        type=token,
        inputs=inputs.fields,
        outputs={**_object(getattr(home, f"_{name}State")).fields, **inputs.fields},
        required=inputs.required,
    )


@functools.cache
def _object(declared: type) -> Type:
    wire = _types.input_type_py_to_pulumi_names(declared)
    types = _types.input_type_types(declared)
    parameters = inspect.signature(declared.__init__).parameters.values()
    required = {wire[each.name] for each in parameters if each.name in wire and each.default is inspect.Parameter.empty}
    return Type("object", fields={name: _type(each) for name, each in types.items()}, required=frozenset(required))


def _type(declared: Any) -> Type:
    if declared in _SCALARS:
        return Type(_SCALARS[declared])
    if _types.is_input_type(declared):
        return _object(declared)
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin is Sequence:
        return Type("list", _type(arguments[0]))
    if origin is Mapping:
        return Type("map", _type(arguments[1]))
    choices = [each for each in arguments if _is_plain(each)]
    if any("PolicyDocument" in str(each) or "LifecyclePolicyDocument" in str(each) for each in choices):
        return Type("document")
    return _type(choices[0]) if choices else Type("string")


def _is_plain(declared: Any) -> bool:
    return declared is not type(None) and not any(word in str(declared) for word in ("Awaitable", "Output"))


def provider_properties() -> frozenset[str]:
    """Names of the properties of ``aws.Provider``."""
    return frozenset(_object(importlib.import_module("pulumi_aws.provider").ProviderArgs).fields)
