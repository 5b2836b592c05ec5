"""Tags in the forms the services want them, and the calls that bring them up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.expressions import evaluate
from langsmith_sandbox.providers.aws.resource import Call, Tagging

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.clients import Clients

_RESERVED = "aws:"


def rendered(tagging: Tagging, tags: Mapping[str, str]) -> Any:
    """``tags`` in the service's form."""
    if tagging.names is None:
        return dict(tags)
    key, value = tagging.names
    return [{key: name, value: str(text)} for name, text in tags.items()]


def parsed(tagging: Tagging, described: Any) -> dict[str, str]:
    """Tags of an answer, without those AWS sets itself (``aws:...``)."""
    if isinstance(described, Mapping):
        tags = dict(described)
    else:
        key, value = tagging.names or ("Key", "Value")
        tags = {each[key]: each.get(value, "") for each in described or ()}
    return {key: value for key, value in tags.items() if not key.startswith(_RESERVED)}


def on_create(tagging: Tagging | None, tags: Mapping[str, str] | None) -> dict[str, Any]:
    """The members that tag a resource in its create call, if that call can."""
    if tagging is None or not tagging.on_create or not tags:
        return {}
    form = rendered(tagging, tags)
    if tagging.specification:
        form = [{"ResourceType": tagging.specification, "Tags": form}]
    return {tagging.on_create: form}


def read(clients: Clients, service: str, tagging: Tagging, document: Mapping[str, Any]) -> dict[str, str]:
    """The tags a resource has now; ``document`` includes its description."""
    if tagging.lookup:
        return parsed(tagging, evaluate(tagging.lookup.at, clients.call(service, tagging.lookup, document)))
    return parsed(tagging, evaluate(tagging.read, document))


def bring_up_to_date(
    clients: Clients,
    service: str,
    tagging: Tagging,
    document: Mapping[str, Any],
    old: Mapping[str, str],
    new: Mapping[str, str],
) -> None:
    """Make the calls that turn the tags ``old`` into ``new``."""
    gone = [key for key in old if key not in new]
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if tagging.replaces:
        if gone or changed:
            _replace(clients, service, tagging, document, new)
        return
    if gone:
        keys: Any = gone if tagging.removed_by_key else [{(tagging.names or ("Key",))[0]: key} for key in gone]
        clients.call(service, Call(tagging.remove, members=tagging.target), document, extra={tagging.removed: keys})
    if changed:
        members = {tagging.member: rendered(tagging, changed)}
        clients.call(service, Call(tagging.add, members=tagging.target), document, extra=members)


def _replace(
    clients: Clients, service: str, tagging: Tagging, document: Mapping[str, Any], tags: Mapping[str, str]
) -> None:
    if not tags:
        clients.call(service, Call(tagging.remove, members=tagging.target), document)
        return
    form = rendered(tagging, tags)
    members = {tagging.member: {tagging.wrapped: form} if tagging.wrapped else form}
    clients.call(service, Call(tagging.add, members=tagging.target), document, extra=members)
