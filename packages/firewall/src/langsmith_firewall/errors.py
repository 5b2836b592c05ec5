"""Errors of the package: one sentence on what happened, one on what to do, and never a secret."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with what a program asks for.

    Attributes:
        property: The input it is about.
        reason: What is wrong and what to write instead.
    """

    property: str
    reason: str

    def __str__(self) -> str:
        return f"{self.property}: {self.reason}"


class FirewallError(Exception):
    """Root of the package's errors."""


class InputError(FirewallError):
    """Inputs cannot be used; holds every problem, so that one run shows them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = f"{count} problem{'s' if count > 1 else ''} with the firewall's inputs; nothing was changed."
        super().__init__("\n".join([heading, *(f"  - {problem}" for problem in self.problems)]))


class MissingExtraError(FirewallError):
    """The vendor's package that finds credentials is not installed."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(f"The Python package {module} is not installed. Install langsmith-firewall[{extra}].")


class CredentialsError(FirewallError):
    """There are no credentials for a service, or it does not accept them."""


class ServiceError(FirewallError):
    """A service refuses, or answers something unexpected.

    Attributes:
        status: HTTP status; 0 where there was no answer.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class TargetGoneError(ServiceError):
    """The account, list or key that holds the entries does not exist."""


class ChangedMeanwhileError(ServiceError):
    """Somebody changed the list between our read and our write; reading again and trying again is safe."""


class RefusedError(FirewallError):
    """The change would open the service, lock others out, or not fit; nothing was changed."""


class UnverifiedError(FirewallError):
    """The service accepted a change that a later read does not show."""


class ConfigError(InputError, pulumi.RunError):
    """The stack's configuration cannot be used; a ``RunError``, which the engine prints without a traceback."""
