"""Pages of resources: ``limit`` 1..100 (20 unless asked), ``offset`` counting resources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import pydantic
from fastapi import Depends, Query

Record = TypeVar("Record")


class Page(pydantic.BaseModel):
    """The part of a list a request asks for."""

    model_config = pydantic.ConfigDict(frozen=True)

    limit: int
    offset: int

    def of(self, records: Sequence[Record], view: Callable[[Record], dict[str, Any]]) -> dict[str, Any]:
        """The answer; its ``offset`` is where the next page starts."""
        shown = records[self.offset : self.offset + self.limit]
        return {"resources": [view(record) for record in shown], "offset": self.offset + len(shown)}


async def _page(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Page:
    return Page(limit=limit, offset=offset)


PageQuery = Annotated[Page, Depends(_page)]
