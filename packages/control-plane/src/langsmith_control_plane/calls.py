"""A request of the control plane as a value: what is sent, and whether it may be sent twice."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import quote

from langsmith_control_plane.secret import Secret

Json = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Call:
    """One request, relative to the base URL.

    Attributes:
        method: HTTP method.
        path: Path from the base URL, ids already quoted.
        query: Query parameters in order.
        body: JSON body, or None for none. Kept out of the repr: it may hold secret values.
        repeatable: Whether sending it twice does no harm, so that it may be retried after a lost answer.
        secrets: Secret values in the body, to be masked should the server quote them.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Json | None = dataclasses.field(default=None, repr=False)
    repeatable: bool = False
    secrets: tuple[Secret, ...] = ()


def get(path: str, *query: tuple[str, str]) -> Call:
    """A read, which may always be repeated."""
    return Call("GET", path, query=query, repeatable=True)


def item(collection: str, item_id: str) -> str:
    """The path of one resource of a collection."""
    return f"{collection}/{quote(item_id, safe='')}"


def given(**fields: Any) -> Json:
    """The fields that have a value: the API takes a missing field for "leave as it is"."""
    return {name: value for name, value in fields.items() if value is not None}
