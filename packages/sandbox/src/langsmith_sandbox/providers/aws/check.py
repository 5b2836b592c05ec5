"""Validate the inputs of a resource against the SDK and the table, and fill in what pulumi-aws would."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.naming import automatic_name
from langsmith_sandbox.providers.plugin import Check, Checked
from langsmith_sandbox.providers.properties import UNKNOWN

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.resource import Resource
    from langsmith_sandbox.providers.aws.schema import Schema, Type

Failure = tuple[str, str]

_ARTICLES = {"integer": "an", "object": "an"}


def check(resource: Resource, schema: Schema, request: Check, default_tags: Mapping[str, Any]) -> Checked:
    """The inputs with defaults, tags and a name filled in, and everything that is wrong with them."""
    failures: list[Failure] = []
    inputs = {name: value for name, value in request.inputs.items() if value is not None}
    _check_names("", inputs, schema.inputs, schema.required, resource.type, failures)
    failures += [
        (name, f"the sandbox does not handle {name!r} of {resource.type}; leave it out, or use an AWS account")
        for name in inputs
        if name in schema.inputs and name not in resource.accepted
    ]
    for name in inputs.keys() & schema.inputs.keys():
        inputs[name] = _checked(name, inputs[name], schema.inputs[name], name in resource.documents.split(), failures)
    inputs = {**{name: value for name, value in resource.defaults.items() if name not in inputs}, **inputs}
    _fill_in_tags(resource, inputs, default_tags)
    _fill_in_name(resource, request, inputs, failures)
    return Checked(inputs, failures)


def _check_names(
    path: str,
    given: Mapping[str, Any],
    known: Mapping[str, Type],
    required: Iterable[str],
    owner: str,
    failures: list[Failure],
) -> None:
    for name in sorted(given.keys() - known.keys()):
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        failures.append((path + name, f"{owner} has no property {name!r}{hint}"))
    missing = sorted(set(required) - given.keys())
    failures.extend((path + name, f"missing required property {name!r} of {owner}") for name in missing)


def _checked(path: str, value: Any, declared: Type, is_document: bool, failures: list[Failure]) -> Any:
    """``value`` in the declared type, where it can be turned into it."""
    if value is UNKNOWN or value is None:
        return value
    if declared.kind == "document" or is_document:
        return _checked_document(path, value, failures)
    match declared.kind, value:
        case "object", Mapping():
            _check_names(f"{path}.", value, declared.fields, declared.required, path, failures)
            return {
                name: _checked(f"{path}.{name}", item, declared.fields[name], False, failures)
                for name, item in value.items()
                if name in declared.fields
            }
        case "map", Mapping():
            return {key: _element(f"{path}.{key}", item, declared, failures) for key, item in value.items()}
        case "list", list():
            return [_element(f"{path}[{index}]", item, declared, failures) for index, item in enumerate(value)]
        case _:
            return _checked_scalar(path, value, declared.kind, failures)


def _element(path: str, value: Any, declared: Type, failures: list[Failure]) -> Any:
    return _checked(path, value, declared.items, False, failures)


def _checked_scalar(path: str, value: Any, kind: str, failures: list[Failure]) -> Any:
    match kind, value:
        case ("boolean", bool()) | ("string", str()):
            return value
        case "boolean", "true" | "false":
            return value == "true"
        case "integer", int() if not isinstance(value, bool):
            return value
        case "number", int() | float() if not isinstance(value, bool):
            return value
        case "integer", float() if value.is_integer():
            return int(value)
        case "integer", str() if value.lstrip("-").isdigit():
            return int(value)
        case "string", bool():
            return "true" if value else "false"
        case "string", int() | float():
            return str(value)
    failures.append((path, f"expected {_ARTICLES.get(kind, 'a')} {kind}, got {_kind_of(value)}"))
    return value


def _kind_of(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return kinds.get(type(value), "another type")


def _checked_document(path: str, value: Any, failures: list[Failure]) -> Any:
    if isinstance(value, Mapping | list):
        return json.dumps(value)
    try:
        json.loads(value)
    except (ValueError, TypeError) as error:
        failures.append((path, f"contains invalid JSON: {error}"))
    return value


def _fill_in_tags(resource: Resource, inputs: dict[str, Any], default_tags: Mapping[str, Any]) -> None:
    """Add the provider's default tags to the resource's own, which win."""
    tags = inputs.get("tags", {})
    if resource.tagging and tags is not UNKNOWN and isinstance(tags, Mapping) and (merged := {**default_tags, **tags}):
        inputs["tags"] = merged


def _fill_in_name(resource: Resource, request: Check, inputs: dict[str, Any], failures: list[Failure]) -> None:
    naming = resource.naming
    if naming is None:
        return
    if naming.property in inputs and naming.prefix in inputs:
        failures.append((naming.prefix, f"conflicts with {naming.property!r}; give one of them"))
    elif naming.property not in inputs and naming.prefix not in inputs:
        inputs[naming.property] = automatic_name(naming, request)
