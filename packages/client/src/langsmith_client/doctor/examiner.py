"""Carrying out checks: each ends as a finding, whatever happens in it."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, TypeVar

from langsmith_client.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class State(enum.StrEnum):
    """How a check ended: a deploy would fail with FAIL and surprise with WARN."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: Which one, in a word or two.
        state: How it ended.
        what: What was found, as a sentence without its full stop. Never holds a secret.
        remedy: What to do, as a sentence; empty where there is nothing to do.
    """

    check: str
    state: State
    what: str
    remedy: str = ""


class Examiner:
    """Collects findings.

    Attributes:
        findings: In the order of the checks.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def ok(self, check: str, what: str) -> None:
        """Nothing to do."""
        self.findings.append(Finding(check, State.OK, what))

    def warn(self, check: str, what: str, remedy: str) -> None:
        """A deploy works, though maybe not as someone expects."""
        self.findings.append(Finding(check, State.WARN, what, remedy))

    def fail(self, check: str, what: str, remedy: str) -> None:
        """A deploy would not work."""
        self.findings.append(Finding(check, State.FAIL, what, remedy))

    def attempt(self, check: str, work: Callable[[], T], words: Callable[[T], str] | None = None) -> T | None:
        """What `work` returns, told in `words` if given; None if it raises an error of ours, which is the finding.

        A check that needs what an earlier one could not get is left out: the earlier one has said why.
        """
        try:
            found = work()
        except ClientError as error:
            self.fail(check, error.what.removesuffix("."), error.remedy)
            return None
        if words is not None:
            self.ok(check, words(found))
        return found

    def count(self, state: State) -> int:
        """How many checks ended so."""
        return sum(finding.state is state for finding in self.findings)
