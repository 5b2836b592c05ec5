"""Names of objects that the program does not name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_sandbox.providers.plugin import Check
    from langsmith_sandbox.providers.properties import Properties

AUTONAMED = "pulumi.com/autonamed"
"""Annotation on objects whose name was chosen here: only such a name may be kept or changed freely."""

_SUFFIX = 8
"""Hexadecimal digits after the resource's own name, as in the official provider."""

_LONGEST = 63


def with_name(check: Check) -> Properties:
    """The inputs with a name: the program's, else the one the object has, else a new one.

    A new name is the resource's name and a suffix from the engine's seed, so that asking again gives the same one.
    """
    metadata = check.inputs.get("metadata") or {}
    if not isinstance(metadata, dict) or "name" in metadata or "generateName" in metadata:
        return check.inputs
    old = check.old_inputs.get("metadata") or {}
    name = old["name"] if is_autonamed(check.old_inputs) and "name" in old else choose(check)
    annotations = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    return {**check.inputs, "metadata": {**metadata, "name": name, "annotations": annotations}}


def choose(check: Check) -> str:
    """A fresh name for the resource that ``check`` is about."""
    if check.proposed_name:
        return check.proposed_name
    suffix = hashlib.sha256(check.seed + check.subject.urn.encode()).hexdigest()[:_SUFFIX]
    return f"{check.subject.name[: _LONGEST - _SUFFIX - 1]}-{suffix}"


def is_autonamed(inputs: Properties) -> bool:
    """Whether the name in ``inputs`` was chosen here."""
    annotations = (inputs.get("metadata") or {}).get("annotations")
    return isinstance(annotations, dict) and annotations.get(AUTONAMED) == "true"
