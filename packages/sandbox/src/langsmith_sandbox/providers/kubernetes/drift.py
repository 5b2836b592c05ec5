"""The inputs an object would have been made from, judged by how it is now."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_sandbox.providers.kubernetes.cluster import Object
    from langsmith_sandbox.providers.properties import Properties, Value

_SERVER_SIDE = frozenset(
    {"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid", "deletionTimestamp"}
)


def current_inputs(inputs: Properties, before: Object, live: Object) -> Properties:
    """``inputs`` with every field that was changed from outside as it is now.

    Args:
        inputs: What the program said.
        before: The object as it was after the last update: where it is still so, the program's own spelling stays
            (the API turns ``1000m`` into ``1``, and that is no drift).
        live: The object as it is.
    """
    if not inputs:
        return imported(live)
    current = _project(inputs, before, live)
    if texts := inputs.get("stringData"):
        current["stringData"] = _decoded(texts, live.get("data") or {})
    return current


def imported(live: Object) -> Properties:
    """Inputs for an object that no program has described yet."""
    fields = {key: value for key, value in live.items() if key != "status"}
    metadata = {key: value for key, value in live["metadata"].items() if key not in _SERVER_SIDE}
    return {**fields, "metadata": metadata}


def _project(said: Value, before: Value, live: Value) -> Value:
    if isinstance(said, Mapping) and isinstance(live, Mapping):
        past = before if isinstance(before, Mapping) else {}
        return {key: _project(item, past.get(key), live[key]) for key, item in said.items() if key in live}
    if live == before:
        return said
    if isinstance(said, list) and isinstance(live, list) and len(said) == len(live):
        past = before if isinstance(before, list) and len(before) == len(live) else [None] * len(live)
        return [_project(*items) for items in zip(said, past, live, strict=True)]
    return live


def _decoded(texts: Mapping[str, str], data: Mapping[str, str]) -> dict[str, str]:
    """``stringData`` is never read back: its keys, with what ``data`` holds for them now."""
    decoded = {}
    for key in texts:
        if key in data:
            try:
                decoded[key] = base64.b64decode(data[key]).decode()
            except (binascii.Error, UnicodeDecodeError):
                decoded[key] = data[key]
    return decoded
