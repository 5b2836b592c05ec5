"""Errors of the AWS emulator, and the AWS errors its overlay raises."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException

from langsmith_sandbox.errors import SandboxError


class RuntimeUnreachableError(SandboxError):
    """The supervisor did not take an order about a cluster."""

    def __init__(self, method: str, path: str, reason: str) -> None:
        super().__init__(
            f"The sandbox supervisor did not accept {method} {path} ({reason}).",
            "Look at `langsmith-sandbox status` and start the sandbox again if the supervisor is not running.",
        )


class JournalError(SandboxError):
    """The journal of AWS state cannot be read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The AWS state in {path} cannot be read back: {reason}.",
            "Run `langsmith-sandbox reset` to begin with an empty account.",
        )


class AwsError(ServiceException):
    """An error AWS would answer with; serialised in the protocol of the request.

    Args:
        code: AWS error code; status and shape follow from the service's API model.
        message: The message of the real service wherever it is known.
        members: Further members of the error's shape, by their model names.
    """

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(code, message)
        for name, value in members.items():
            setattr(self, name, value)


def dependency_violation(message: str) -> AwsError:
    """EC2's refusal to take away what is still in use."""
    return AwsError("DependencyViolation", message)
