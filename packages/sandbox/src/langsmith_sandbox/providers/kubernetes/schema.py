"""Property names of Kubernetes kinds, as the ``pulumi_kubernetes`` SDK declares them."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.sdk_memory import SdkMemory

if TYPE_CHECKING:
    from langsmith_sandbox.providers.properties import Properties

_READING = threading.Lock()
"""The SDK loads its modules lazily, in a way that two threads at once must not trigger."""

_REASON = "no such property; {hint}"


@dataclasses.dataclass
class Shape:
    """What may stand in one place: an object with ``fields``, a list of ``element``, or (neither) anything else.

    Kinds may hold themselves, as the schema of a CRD does: shapes are a graph, filled in while it is read.
    """

    fields: dict[str, Shape] | None = None
    element: Shape | None = None


def check_names(token: str, inputs: Properties) -> Iterator[tuple[str, str]]:
    """Every property of ``inputs`` that the SDK does not know, as (path, reason with a suggestion).

    Kinds the SDK has no class for (custom resources) are left to the cluster, whose own schema is stricter.
    """
    with _READING:
        shape = _inputs_of(token)
    if shape is not None:
        yield from _check(shape, inputs, "")


@functools.cache
def _inputs_of(token: str) -> Shape | None:
    """The inputs of a kind, for a token as ``kubernetes:apps/v1:Deployment``."""

    def declared() -> Shape | None:
        from langsmith_sandbox.providers.kubernetes.sdk_classes import inputs_of

        return inputs_of(token)

    return _memory().recall(token, declared)


@functools.cache
def _memory() -> SdkMemory:
    return SdkMemory.of("pulumi-kubernetes", read_by="langsmith_sandbox.providers.kubernetes")


def _check(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and shape.fields is not None:
        for key, item in value.items():
            inner = f"{path}.{key}" if path else key
            if key in shape.fields:
                yield from _check(shape.fields[key], item, inner)
            elif not key.startswith("__"):
                yield inner, _suggest(key, shape.fields)
    elif isinstance(value, list) and shape.element is not None:
        for index, item in enumerate(value):
            yield from _check(shape.element, item, f"{path}[{index}]")


def _suggest(key: str, fields: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, fields, 1, cutoff=0.5)
    hint = f"did you mean `{close[0]}`?" if close else f"the known ones are {', '.join(sorted(fields))}"
    return _REASON.format(hint=hint)
