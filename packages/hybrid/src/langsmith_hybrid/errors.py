"""Errors of the Pulumi program."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with the stack's configuration.

    Attributes:
        key: The stack file key it is about, without the project's prefix.
        what: What is wrong, with the value where it is not a secret.
        remedy: What to write instead.
    """

    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what} {self.remedy}"


class ConfigError(pulumi.RunError):
    """The stack's configuration cannot be used; holds every problem, so that one run shows them all.

    A ``RunError``, which the engine prints as it is, without a traceback.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = f"{count} problem{'s' if count > 1 else ''} in the stack's configuration; nothing was changed."
        super().__init__("\n".join([heading, *(f"  - {problem}" for problem in self.problems)]))
