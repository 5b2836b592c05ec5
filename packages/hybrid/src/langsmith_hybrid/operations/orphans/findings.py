"""What a search for left-overs came to."""

from __future__ import annotations

import dataclasses
from typing import Any

from langsmith_hybrid.operations.errors import LeftoversError, OperationError

_REMEDY = "Remove them as each says, in this order, and look again."


@dataclasses.dataclass(frozen=True)
class Left:
    """One thing that no state manages.

    Attributes:
        type: As the tagging API names it, such as ``ec2:subnet``; ``langsmith:listener`` and ``langsmith:deployment``.
        id: The id or name people know it by.
        arn: Its ARN; empty where it has none.
        stack: The value of its stack tag, or of the stack it must be of; empty where only its name says something.
        why: Why it stays, or how it came to be, as a sentence.
        remove: The command that removes it, or where that is done.
    """

    type: str
    id: str
    arn: str
    stack: str
    why: str
    remove: str


@dataclasses.dataclass(frozen=True)
class Unseen:
    """Something that could not be looked at, and the error that says why."""

    what: str
    error: OperationError


@dataclasses.dataclass(frozen=True)
class Findings:
    """Everything a search found.

    Attributes:
        left: What nobody manages, in the order in which it can be removed.
        notes: On what is on its way out by itself, as sentences.
        unseen: What could not be looked at: without it nobody can say that nothing is left.
    """

    left: tuple[Left, ...]
    notes: tuple[str, ...]
    unseen: tuple[Unseen, ...]

    @property
    def error(self) -> OperationError | None:
        """What the search ends with: what hindered it, else that something is left; None if nothing is."""
        if self.unseen:
            return self.unseen[0].error
        if self.left:
            some = "One thing is" if len(self.left) == 1 else f"{len(self.left)} things are"
            named = [f"{each.type} {each.id}" for each in self.left]
            return LeftoversError(f"{some} left that no stack manages.", _REMEDY, named)
        return None

    def fields(self) -> dict[str, Any]:
        """The findings for machines."""
        found: dict[str, Any] = {
            "left": [dataclasses.asdict(each) for each in self.left],
            "notes": list(self.notes),
            "unseen": [{"what": each.what, "error": each.error.what} for each in self.unseen],
        }
        if error := self.error:
            found |= {"error": error.what, "remedy": error.remedy, "exit_code": error.exit_code}
        return found
