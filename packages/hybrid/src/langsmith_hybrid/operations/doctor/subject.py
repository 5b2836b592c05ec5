"""What is examined: a stack, what its file asks for, and what it has already."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.hosting_stack import HostingStack, Managed, StackState, resources_of

CLUSTER = "aws:eks/cluster:Cluster"


@dataclasses.dataclass(frozen=True)
class Subject:
    """What the checks look at.

    Attributes:
        stack: The stack.
        aws: The account and region it goes to.
        values: Field of the configuration to its value, as far as the value can be used.
        has_key: Whether there is an API key that can be tried.
        state: The stack's state; None where it cannot be had.
    """

    stack: HostingStack
    aws: Aws
    values: Mapping[str, Any]
    has_key: bool
    state: StackState | None

    def has(self, *fields: str) -> bool:
        """Whether all these fields can be used."""
        return all(field in self.values for field in fields)

    def standing(self, type_token: str) -> tuple[Managed, ...]:
        """What the stack has of one type."""
        return resources_of(self.managed, type_token)

    @property
    def managed(self) -> Sequence[Managed]:
        """All the stack has; nothing where the state cannot be had."""
        return self.state.managed if self.state else ()

    @property
    def has_cluster(self) -> bool:
        """Whether what takes longest is behind it."""
        return bool(self.standing(CLUSTER))
