"""Property names and types of a resource, as the ``pulumi_aws`` SDK declares them."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Mapping

from langsmith_sandbox.providers.sdk_memory import SdkMemory

_READING = threading.Lock()
"""The SDK loads its modules lazily, in a way that two threads at once must not trigger."""


@dataclasses.dataclass(frozen=True)
class Type:
    """Type of a property.

    Attributes:
        kind: ``string``, ``boolean``, ``integer``, ``number``, ``list``, ``map``, ``object`` or ``document`` (a policy
            given as a string or as an object).
        element: Of a list's items or a map's values.
        fields: Of an object: its properties, and which of them are required.
    """

    kind: str
    element: Type | None = None
    fields: Mapping[str, Type] = dataclasses.field(default_factory=dict)
    required: frozenset[str] = frozenset()

    @property
    def items(self) -> Type:
        """`element` of a list or a map, which always have one."""
        if self.element is None:
            raise TypeError(f"a {self.kind} has no items")
        return self.element


@dataclasses.dataclass(frozen=True)
class Schema:
    """What one resource type takes (``inputs``, some ``required``) and has (``outputs``, inputs included)."""

    type: str
    inputs: Mapping[str, Type]
    outputs: Mapping[str, Type]
    required: frozenset[str]


def schema_of(token: str) -> Schema:
    """The schema of a resource type, as ``aws:ec2/vpc:Vpc``.

    Raises:
        KeyError: When the SDK has no such type.
    """
    with _READING:
        return _schema_of(token)


@functools.cache
def _schema_of(token: str) -> Schema:
    def declared() -> Schema:
        from langsmith_sandbox.providers.aws.sdk_classes import schema

        return schema(token)

    return _memory().recall(token, declared)


@functools.cache
def provider_properties() -> frozenset[str]:
    """Names of the properties of ``aws.Provider``."""

    def declared() -> frozenset[str]:
        from langsmith_sandbox.providers.aws.sdk_classes import provider_properties

        return provider_properties()

    return _memory().recall("provider", declared)


@functools.cache
def _memory() -> SdkMemory:
    return SdkMemory.of("pulumi-aws", read_by="langsmith_sandbox.providers.aws")
