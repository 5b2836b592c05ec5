"""Errors of the operations: each is one sentence on what happened, one on what to do, and an exit code."""

from __future__ import annotations

from collections.abc import Sequence


class OperationError(Exception):
    """Root of the operations' errors; no text of theirs holds a secret.

    Attributes:
        what: What happened, as a sentence.
        remedy: What to do next, as a sentence; empty where nothing is open.
        exit_code: What the command line ends with.
    """

    exit_code = 1

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class StackError(OperationError):
    """There is no such stack here, or pulumi cannot tell what it is."""

    exit_code = 2


class AwsError(OperationError):
    """AWS refused a request, or did not answer.

    Attributes:
        code: AWS's error code, such as ``AccessDenied``; empty where there was no answer.
    """

    def __init__(self, what: str, remedy: str, *, code: str = "") -> None:
        super().__init__(what, remedy)
        self.code = code


class LangSmithError(OperationError):
    """The control plane refused a request, or did not answer."""


class EngineFailedError(OperationError):
    """pulumi ended with an error; what it had done by then is in the stack's state."""

    exit_code = 20


class AccessError(OperationError):
    """There are no credentials, of AWS or of LangSmith, or they do not open what is needed."""

    exit_code = 40


class AccessExpiredError(AccessError):
    """The credentials' time ran out; with new ones the same command goes on where this one ended."""

    exit_code = 41


class PreflightError(OperationError):
    """Something would keep the operation from ending well; nothing was changed."""

    exit_code = 50


class LeftoversError(OperationError):
    """Something is left that nobody manages.

    Attributes:
        left: One line each.
    """

    exit_code = 60

    def __init__(self, what: str, remedy: str, left: Sequence[str]) -> None:
        super().__init__(what, remedy)
        self.left = tuple(left)
