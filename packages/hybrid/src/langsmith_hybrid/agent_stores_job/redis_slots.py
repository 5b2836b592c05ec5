"""Numbered Redis databases: the lowest free one for each agent, and never that of another, gone or not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from .errors import JobError
from .request import RedisServer

# Database 0 is the listener's job queue.
_FIRST = 1


@dataclasses.dataclass(frozen=True)
class Token:
    """What lets into the server; one for all who use it, as ElastiCache's token is."""

    value: str = dataclasses.field(repr=False)

    def uri(self, server: RedisServer, number: int) -> str:
        """The whole URI. The token has letters and digits only."""
        place = f":{self.value}@{server.endpoint}"
        return f"rediss://{place}/{number}"


def assign(taken: Mapping[str, int], agents: Sequence[str], databases: int) -> dict[str, int]:
    """All numbers that are taken from now on: those that were, and one for each agent that had none.

    Args:
        taken: Number by agent, of agents that are gone, too: their keys are still there.
        agents: Who needs one.
        databases: How many the server has.

    Raises:
        JobError: There are not enough.
    """
    numbers = dict(taken)
    for agent in agents:
        if agent in numbers:
            continue
        used = set(numbers.values())
        number = next((number for number in range(_FIRST, databases) if number not in used), None)
        if number is None:
            raise JobError(
                f"Redis has {databases} databases, and none is left for agent {agent}.",
                "Take agents that are gone for good out of the ConfigMap agent-stores, after emptying their databases.",
            )
        numbers[agent] = number
    return numbers
