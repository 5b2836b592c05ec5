"""What differs between the inputs of a resource and its last known state, and whether an update can put it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.documents import same_meaning
from langsmith_sandbox.providers.aws.naming import is_automatic
from langsmith_sandbox.providers.plugin import Change, Diff, Difference
from langsmith_sandbox.providers.properties import UNKNOWN, has_unknown

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.resource import Resource
    from langsmith_sandbox.providers.aws.schema import Schema, Type


def difference(resource: Resource, schema: Schema, request: Diff) -> Difference:
    """Changes by property path.

    A property is compared when it is given now; when it no longer is, it counts as changed unless AWS fills it in.
    """
    comparison = _Comparison(resource)
    for name, declared in schema.inputs.items():
        if name in request.inputs:
            old_input = request.old_inputs.get(name)
            known = name in resource.local.split() or name in resource.write_only.split()
            old = old_input if known and old_input is not None else request.state.get(name)
            comparison.compare(name, request.inputs[name], old, old_input, declared)
        elif not _is_empty(request.old_inputs.get(name)) and name not in _unset_freely(resource):
            comparison.note(name, "delete")
    ignored = tuple(request.ignore_changes)
    changes = {path: each for path, each in comparison.changes.items() if not _within(path, ignored)}
    return Difference(changes, delete_before_replace=_must_delete_first(resource, request, changes))


def _unset_freely(resource: Resource) -> set[str]:
    prefix = {resource.naming.property, resource.naming.prefix} if resource.naming else set()
    return {*resource.computed.split(), *prefix, "region"}


def _must_delete_first(resource: Resource, request: Diff, changes: Mapping[str, Change]) -> bool:
    """Two resources cannot have one name: one that was given by hand rules out making the new one first."""
    if not any(change.replace for change in changes.values()):
        return False
    if resource.naming is None:
        return resource.delete_first
    name = request.inputs.get(resource.naming.property)
    same = name is not None and name == request.state.get(resource.naming.property)
    return same and not is_automatic(str(name), request.subject.name)


class _Comparison:
    """Collects the changes of one resource."""

    def __init__(self, resource: Resource) -> None:
        self.changes: dict[str, Change] = {}
        self._replaced_by = tuple(resource.replaced_by.split())
        self._ordered = resource.ordered.split()
        self._documents = resource.documents.split()

    def note(self, path: str, kind: str) -> None:
        replace = ("*" in self._replaced_by and not path.startswith("tags")) or _within(path, self._replaced_by)
        self.changes[path] = Change(kind, replace=replace or path == "region")

    def compare(self, path: str, new: Any, old: Any, old_input: Any, declared: Type) -> None:
        if new is UNKNOWN:
            self.note(path, "add" if old is None else "update")
        elif _is_empty(old) and _is_empty(new):
            return
        elif old is None:
            self.note(path, "add")
        elif declared.kind == "object":
            self._compare_object(path, new, old, old_input or {}, declared)
        elif declared.kind == "map":
            self._compare_map(path, new, old)
        elif declared.kind == "list":
            if not same_items(new, old, declared.element, ordered=path in self._ordered):
                self.note(path, "update")
        elif not self._same(path, new, old, declared):
            self.note(path, "update")

    def _same(self, path: str, new: Any, old: Any, declared: Type) -> bool:
        if declared.kind == "document" or path in self._documents:
            return same_meaning(new, old)
        return same_scalar(new, old)

    def _compare_object(self, path: str, new: Any, old: Any, old_input: Any, declared: Type) -> None:
        for name, each in declared.fields.items():
            if name in new:
                self.compare(f"{path}.{name}", new[name], old.get(name), old_input.get(name), each)
            elif not _is_empty(old_input.get(name)):
                self.note(f"{path}.{name}", "delete")

    def _compare_map(self, path: str, new: Any, old: Any) -> None:
        for key in new.keys() | old.keys():
            place = f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]'
            if key not in old:
                self.note(place, "add")
            elif key not in new:
                self.note(place, "delete")
            elif new[key] is UNKNOWN or not same_scalar(new[key], old[key]):
                self.note(place, "update")


def same_scalar(new: Any, old: Any) -> bool:
    """Whether two simple values are equal, a number and its spelling included."""
    return new == old or (str(new).lower() == str(old).lower() and type(new) is not type(old))


def same_items(new: Any, old: Any, declared: Type | None, *, ordered: bool = False) -> bool:
    """Whether two lists hold the same items; of an object only the properties that ``new`` gives are compared."""
    if len(new) != len(old) or has_unknown(new):
        return False
    if ordered:
        return all(covers(one, other, declared) for one, other in zip(new, old, strict=True))
    rest = list(old)
    for item in new:
        match = next((index for index, other in enumerate(rest) if covers(item, other, declared)), None)
        if match is None:
            return False
        del rest[match]
    return True


def covers(new: Any, old: Any, declared: Type | None) -> bool:
    """Whether ``old`` has everything that ``new`` asks for."""
    kind = declared.kind if declared else "string"
    if kind == "object" and isinstance(new, Mapping) and isinstance(old, Mapping):
        return declared is not None and all(
            (_is_empty(item) and _is_empty(old.get(name))) or covers(item, old.get(name), declared.fields[name])
            for name, item in new.items()
            if name in declared.fields
        )
    if kind == "list" and isinstance(new, list) and isinstance(old, list):
        return same_items(new, old, declared.element if declared else None)
    if kind == "map":
        return new == old
    return same_scalar(new, old)


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def _within(path: str, places: tuple[str, ...]) -> bool:
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in places)
