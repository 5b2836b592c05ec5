"""Property names of Kubernetes kinds, as the ``pulumi_kubernetes`` SDK declares them."""

from __future__ import annotations

import difflib
import functools
import importlib
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi import _types

if typing.TYPE_CHECKING:
    from langsmith_sandbox.providers.properties import Properties

_REASON = "no such property; {hint}"


def check_names(token: str, inputs: Properties) -> Iterator[tuple[str, str]]:
    """Every property of ``inputs`` that the SDK does not know, as (path, reason with a suggestion).

    Kinds the SDK has no class for (custom resources) are left to the cluster, whose own schema is stricter.
    """
    arguments = _arguments(token)
    if arguments is not None:
        yield from _check(arguments, inputs, "")


@functools.cache
def _arguments(token: str) -> type | None:
    """The class of a kind's inputs, for a token as ``kubernetes:apps/v1:Deployment``."""
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
    return getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args", None)


def _check(declared: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    origin = typing.get_origin(declared)
    if isinstance(value, Mapping) and _types.is_input_type(declared):
        fields = _fields(declared)
        for key, item in value.items():
            inner = f"{path}.{key}" if path else key
            if key in fields:
                yield from _check(fields[key], item, inner)
            elif not key.startswith("__"):
                yield inner, _suggest(key, fields)
    elif isinstance(value, list) and origin is Sequence:
        for index, item in enumerate(value):
            yield from _check(typing.get_args(declared)[0], item, f"{path}[{index}]")
    elif origin is typing.Union:
        for choice in typing.get_args(declared):
            if _types.is_input_type(choice):
                yield from _check(choice, value, path)
                return


@functools.cache
def _fields(declared: type) -> Mapping[str, Any]:
    return _types.input_type_types(declared)


def _suggest(key: str, fields: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, fields, 1, cutoff=0.5)
    hint = f"did you mean `{close[0]}`?" if close else f"the known ones are {', '.join(sorted(fields))}"
    return _REASON.format(hint=hint)
