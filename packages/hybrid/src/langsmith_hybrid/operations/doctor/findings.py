"""What an examination finds: one line a check, and what all of them come to."""

from __future__ import annotations

import dataclasses
import enum

from langsmith_hybrid.operations.errors import (
    AccessError,
    AccessExpiredError,
    OperationError,
    PreflightError,
    StackError,
)

# Which of several failures decides what they come to. With other credentials more can be seen, without a stack nothing.
_FIRST = (AccessExpiredError, AccessError, StackError)


class State(enum.StrEnum):
    """How it stands with what a check is about."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: The check's name; a check may have found several things.
        state: ``warn`` lets `pulumi up` end well in some cases, ``fail`` in none; ``unknown`` could not be looked at.
        what: What was found, as a sentence.
        remedy: What to do about it, as a sentence; empty where nothing is to be done.
        error: What a failed check is as an error: an `AccessError` where credentials are the problem.
    """

    check: str
    state: State
    what: str
    remedy: str = ""
    error: type[OperationError] = PreflightError

    def fields(self) -> dict[str, str]:
        """It, for machines."""
        return {"check": self.check, "state": self.state.value, "what": self.what, "remedy": self.remedy}


def ok(check: str, what: str) -> Finding:
    """Nothing stands in the way."""
    return Finding(check, State.OK, what)


def warn(check: str, what: str, remedy: str) -> Finding:
    """It may stand in the way."""
    return Finding(check, State.WARN, what, remedy)


def fail(check: str, what: str, remedy: str, error: type[OperationError] = PreflightError) -> Finding:
    """It stands in the way."""
    return Finding(check, State.FAIL, what, remedy, error)


def unknown(check: str, what: str, remedy: str) -> Finding:
    """It could not be looked at."""
    return Finding(check, State.UNKNOWN, what, remedy)


@dataclasses.dataclass(frozen=True)
class Findings:
    """Everything an examination found, in the order of the checks."""

    all: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Those that stand in the way."""
        return tuple(finding for finding in self.all if finding.state is State.FAIL)

    @property
    def error(self) -> OperationError | None:
        """What they come to; None if nothing failed."""
        failed = self.failed
        if not failed:
            return None
        kinds = {finding.error for finding in failed}
        kind = next((each for each in _FIRST if each in kinds), PreflightError)
        if len(failed) == 1:
            return kind(f"{failed[0].check}: {failed[0].what}", failed[0].remedy)
        names = ", ".join(dict.fromkeys(finding.check for finding in failed))
        return kind(f"{len(failed)} things stand in the way: {names}.", "Do what is said of each, and run this again.")

    def raise_failures(self) -> None:
        """Raise what the failed checks come to, if any failed.

        Raises:
            AccessExpiredError: Credentials are over, perhaps among other things.
            AccessError: Credentials are the problem, perhaps among other things.
            StackError: There is no such stack, or pulumi cannot read it.
            PreflightError: Something else stands in the way.
        """
        if (error := self.error) is not None:
            raise error
