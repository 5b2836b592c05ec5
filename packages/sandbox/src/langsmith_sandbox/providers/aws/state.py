"""A resource's state out of the API's description of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.difference import covers, same_scalar
from langsmith_sandbox.providers.aws.documents import same_meaning
from langsmith_sandbox.providers.aws.expressions import evaluate
from langsmith_sandbox.providers.aws.shapes import folded, from_api
from langsmith_sandbox.providers.properties import UNKNOWN, Properties

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.resource import Resource
    from langsmith_sandbox.providers.aws.schema import Schema, Type

_TAGS = ("tags", "tagsAll")


def observed(
    resource: Resource,
    schema: Schema,
    prior: Properties,
    described: Mapping[str, Any],
    document: Mapping[str, Any],
) -> Properties:
    """Every property of the resource, tags excepted, as the API has it.

    Args:
        resource: The table's entry.
        schema: What the SDK declares.
        prior: The last known values: kept where the API gives nothing back, and for their spelling where it agrees.
        described: The description.
        document: Properties, description, ``id``, ``region``, ``account``, ``partition``.
    """
    kept = {*resource.write_only.split(), *resource.local.split()}
    kept |= {resource.naming.prefix} if resource.naming else set()
    members = {folded(name): value for name, value in described.items()}
    state: Properties = {}
    for name, declared in schema.outputs.items():
        if name in _TAGS:
            continue
        if name in kept:
            value = prior.get(name)
        elif name in resource.outputs:
            value = from_api(evaluate(resource.outputs[name], document), declared)
        elif name == "region":
            value = document["region"]
        else:
            value = from_api(members.get(folded(resource.renamed.get(name, name))), declared)
        value = respelled(prior.get(name), value, declared, name in resource.documents.split())
        if value is not None:
            state[name] = value
    return state


def respelled(prior: Any, value: Any, declared: Type, is_document: bool = False) -> Any:
    """``value``, written as ``prior`` was wherever both mean the same: order of sets, JSON, numbers as text."""
    if prior is None or value is None or prior is UNKNOWN:
        return value
    if is_document or declared.kind == "document":
        return prior if same_meaning(prior, value) else value
    if declared.kind == "object" and isinstance(prior, Mapping):
        return {
            name: respelled(prior.get(name), item, declared.fields[name]) if name in declared.fields else item
            for name, item in value.items()
        }
    if declared.kind == "list" and declared.element and isinstance(prior, list):
        return _in_order(prior, value, declared.element)
    if declared.kind in ("map", "list", "object"):
        return value
    return prior if same_scalar(prior, value) else value


def _in_order(prior: list[Any], value: list[Any], declared: Type) -> list[Any]:
    rest = list(value)
    ordered: list[Any] = []
    for item in prior:
        index = next((index for index, other in enumerate(rest) if covers(item, other, declared)), None)
        if index is not None:
            ordered.append(respelled(item, rest.pop(index), declared))
    return ordered + rest


def as_inputs(state: Properties, inputs: Properties, schema: Schema) -> Properties:
    """The inputs that would give ``state``: what ``inputs`` has, down to nested properties, with today's values."""
    return {
        name: _narrowed(state[name], like, schema.inputs[name])
        for name, like in inputs.items()
        if name in state and name in schema.inputs
    }


def imported_inputs(state: Properties, resource: Resource, schema: Schema) -> Properties:
    """The inputs of a resource that is only known by its state: everything it accepts and has."""
    refused = {"region", resource.naming.prefix if resource.naming else ""}
    return {
        name: value
        for name, value in state.items()
        if name in schema.inputs and name in resource.accepted - refused and value not in (None, "", [], {})
    }


def _narrowed(value: Any, like: Any, declared: Type) -> Any:
    if declared.kind == "object" and isinstance(like, Mapping) and isinstance(value, Mapping):
        return {
            name: _narrowed(value[name], item, declared.fields[name])
            for name, item in like.items()
            if name in value and name in declared.fields
        }
    if declared.kind == "list" and declared.element and isinstance(like, list) and isinstance(value, list):
        models = like + [None] * (len(value) - len(like))
        return [_narrowed(item, model, declared.element) for item, model in zip(value, models, strict=False)]
    return value


def foretold(resource: Resource, schema: Schema, inputs: Properties, state: Properties, region: str) -> Properties:
    """The outputs as far as they are known before the resource is made or updated; ``state`` is empty for a new one."""
    outputs = {
        **state,
        **{name: _completed(value, state.get(name), schema.inputs[name]) for name, value in inputs.items()},
    }
    if state:
        unset = [name for name in schema.inputs if name in outputs and name not in inputs]
        for name in unset:
            if name not in {*resource.computed.split(), "region"}:
                del outputs[name]
        outputs |= dict.fromkeys(resource.volatile.split(), UNKNOWN)
    else:
        given_back = schema.outputs.keys() - {*resource.local.split(), *resource.write_only.split()}
        outputs |= dict.fromkeys(given_back - inputs.keys(), UNKNOWN)
    if "region" in schema.outputs:
        outputs["region"] = inputs.get("region", region)
    if resource.tagging:
        outputs["tagsAll"] = inputs.get("tags", {})
        outputs.setdefault("tags", {})
        if outputs["tags"] is UNKNOWN:
            outputs["tags"] = inputs.get("tags", {})
    return outputs


def _completed(value: Any, old: Any, declared: Type) -> Any:
    """An object as it will be: what AWS fills in beside the given properties is as it was, or not known yet."""
    if declared.kind != "object" or not isinstance(value, Mapping):
        return value
    before = old if isinstance(old, Mapping) else dict.fromkeys(declared.fields, UNKNOWN)
    given = {name: _completed(item, before.get(name), declared.fields[name]) for name, item in value.items()}
    return {**before, **given}
