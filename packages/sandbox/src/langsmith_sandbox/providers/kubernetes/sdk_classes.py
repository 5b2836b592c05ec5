"""Reads shapes off the classes of the ``pulumi_kubernetes`` SDK, slow to import: `schema` remembers them."""

from __future__ import annotations

import importlib
import sys
import typing
from collections.abc import Sequence
from typing import Any

from pulumi import _types

from langsmith_sandbox.providers.kubernetes.schema import Shape


def inputs_of(token: str) -> Shape | None:
    """The shape of a kind's inputs, or None for a kind the SDK has no class for."""
    _, group_version, name = token.split(":")
    group, _, version = group_version.partition("/")
    if "." in group and not group.endswith((".k8s.io", "helm.sh")):
        return None
    try:
        module = importlib.import_module(f"pulumi_kubernetes.{group.split('.')[0]}.{version}")
    except ImportError:
        return None
    resource = getattr(module, name, None)
    if resource is None:
        return None
    home = sys.modules[resource.__module__]
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args", None)
    return arguments and _object(arguments, {})


def _object(declared: type, known: dict[type, Shape]) -> Shape:
    """The shape of an input class; ``known`` holds those begun already, so that one may hold itself."""
    if declared not in known:
        fields: dict[str, Shape] = {}
        known[declared] = Shape(fields=fields)
        fields |= {name: _shape(each, known) for name, each in _types.input_type_types(declared).items()}
    return known[declared]


def _shape(declared: Any, known: dict[type, Shape]) -> Shape:
    if _types.is_input_type(declared):
        return _object(declared, known)
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin is Sequence:
        return Shape(element=_shape(arguments[0], known))
    if origin is typing.Union:
        return next((_object(each, known) for each in arguments if _types.is_input_type(each)), Shape())
    return Shape()
