"""Reading a list to its end, page by page."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from langsmith_control_plane.calls import Call
from langsmith_control_plane.errors import PagingError, UnexpectedAnswerError

# The most the API gives at once; more is answered with 422.
PAGE_SIZE = 100


def pages(send: Callable[[Call], Any], call: Call, *, page_size: int = PAGE_SIZE) -> Iterator[dict[str, Any]]:
    """Every resource of a list, each once, in the server's order.

    ``offset`` counts the resources received, as the official CLI does, rather than following the server's own value.
    A resource that moves to a later page while the list is read is given once.

    Raises:
        PagingError: A full page held only known resources: the server ignores ``offset``.
        UnexpectedAnswerError: The answer is not a list of resources.
    """
    seen: set[str] = set()
    received = 0
    while True:
        query = (*call.query, ("limit", str(page_size)), ("offset", str(received)))
        resources = _resources(send(dataclasses.replace(call, query=query)), call)
        fresh = [each for each in resources if each["id"] not in seen]
        yield from fresh
        if len(resources) < page_size:
            return
        if not fresh:
            raise PagingError(
                f"{call.method} {call.path} repeats its first {len(seen)} entries.", method=call.method, path=call.path
            )
        seen.update(each["id"] for each in fresh)
        received += len(resources)


def _resources(answer: Any, call: Call) -> list[dict[str, Any]]:
    resources = answer.get("resources") if isinstance(answer, dict) else None
    if not isinstance(resources, list) or not all(isinstance(each, dict) and "id" in each for each in resources):
        raise UnexpectedAnswerError(
            f"{call.method} {call.path} was not answered with a list of resources.", method=call.method, path=call.path
        )
    return resources
