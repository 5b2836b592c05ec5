"""Values between Pulumi's property names and types and those of the AWS API.

Names match whatever their case (``kmsKeyId`` is ``KMSKeyID``). A block that may occur once is an object in Pulumi where
the API may have a list of one, and the other way round; both are put right here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.plugin import ProviderError

if TYPE_CHECKING:
    from botocore.model import Shape

    from langsmith_sandbox.providers.aws.schema import Type


def folded(name: str) -> str:
    """``name`` as it is compared: lower case, letters and digits only."""
    return "".join(each for each in name.lower() if each.isalnum())


def member_of(shape: Shape, name: str) -> str | None:
    """The member of a structure that has this name, whatever its case."""
    members: Mapping[str, Any] = getattr(shape, "members", {})
    wanted = folded(name)
    return next((each for each in members if folded(each) == wanted), None)


def to_api(value: Any, shape: Shape) -> Any:
    """``value`` as the API's ``shape`` wants it.

    Raises:
        ProviderError: For a property that the API has no member for.
    """
    match shape.type_name:
        case "structure":
            return _to_structure(value[0] if isinstance(value, list) and value else value, shape)
        case "list":
            if isinstance(value, Mapping) and _is_tag(shape.member):  # pyright: ignore[reportAttributeAccessIssue]
                return [{"Key": key, "Value": str(item)} for key, item in value.items()]
            items = value if isinstance(value, list) else [value]
            return [to_api(item, shape.member) for item in items]  # pyright: ignore[reportAttributeAccessIssue]
        case "map":
            return {key: to_api(item, shape.value) for key, item in value.items()}  # pyright: ignore[reportAttributeAccessIssue]
        case "boolean":
            return value == "true" if isinstance(value, str) else bool(value)
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "string":
            return _text(value)
        case _:
            return value


def _is_tag(shape: Shape) -> bool:
    return set(getattr(shape, "members", ())) == {"Key", "Value"}


def _to_structure(value: Any, shape: Shape) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, item in (value or {}).items():
        if item is None:
            continue
        member = member_of(shape, name)
        if member is None:
            raise ProviderError(f"AWS has no {name!r} in {shape.name}.", "Leave the property out.")
        members[member] = to_api(item, shape.members[member])  # pyright: ignore[reportAttributeAccessIssue]
    return members


def from_api(value: Any, declared: Type) -> Any:
    """``value`` of an API answer as the SDK declares it; ``None`` when there is nothing of it."""
    if value is None:
        return None
    match declared.kind:
        case "object":
            return _to_object(value[0] if isinstance(value, list) and value else value, declared)
        case "list":
            items = value if isinstance(value, list) else [value]
            return [from_api(item, declared.items) for item in items]
        case "map" if isinstance(value, list):
            return {item["Key"]: item["Value"] for item in value}
        case "map":
            return {key: from_api(item, declared.items) for key, item in value.items()}
        case "boolean":
            return value.lower() in ("true", "enabled") if isinstance(value, str) else bool(value)
        case "integer":
            return int(value)
        case "number":
            return float(value)
        case _:
            return _text(value)


def _to_object(value: Any, declared: Type) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return None
    members = {folded(name): item for name, item in value.items()}
    found = {name: from_api(members.get(folded(name)), each) for name, each in declared.fields.items()}
    return {name: item for name, item in found.items() if item is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping | list):
        return json.dumps(value)
    return str(value)
