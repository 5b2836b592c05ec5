"""The one place where errors of the control-plane client become ours."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from langsmith_client.errors import (
    ConflictError,
    MissingError,
    TargetAccessError,
    TargetError,
    TargetUnavailableError,
)
from langsmith_control_plane import errors as api_errors

if TYPE_CHECKING:
    from collections.abc import Iterator


class RefusedError(TargetError):
    """400 or 422: the control plane will not take what was sent."""


class UnknownOutcomeError(TargetUnavailableError):
    """The request may or may not have taken effect."""


@contextlib.contextmanager
def mapped() -> Iterator[None]:
    """Raise ours in place of theirs; theirs stay the cause."""
    try:
        yield
    except api_errors.ControlPlaneError as error:
        raise _as_ours(error) from error


def _as_ours(error: api_errors.ControlPlaneError) -> TargetError:
    match error:
        case api_errors.UnauthorizedError() | api_errors.ForbiddenError() | api_errors.CredentialsError():
            return TargetAccessError(error.what, error.remedy)
        case api_errors.ConflictError():
            return ConflictError(error.what, error.remedy)
        case api_errors.NotFoundError():
            return MissingError(error.what, error.remedy)
        case api_errors.InvalidRequestError():
            return RefusedError(error.what, error.remedy)
        case api_errors.UnreachableError() | api_errors.RateLimitedError():
            return TargetUnavailableError(error.what, error.remedy, retry_after=error.retry_after)
        case api_errors.LostAnswerError() | api_errors.ServerUnavailableError():
            return UnknownOutcomeError(error.what, error.remedy, retry_after=error.retry_after)
        case _:
            return TargetError(error.what, error.remedy)
