"""From an HTTP answer to a value or to the error that fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from langsmith_control_plane.calls import Call
from langsmith_control_plane.errors import (
    ConflictError,
    ControlPlaneError,
    ForbiddenError,
    InvalidRequestError,
    NotEnabledError,
    NotFoundError,
    RateLimitedError,
    ServerUnavailableError,
    UnauthorizedError,
    UnexpectedAnswerError,
    WorkspaceRequiredError,
)

_BY_STATUS: Mapping[int, type[ControlPlaneError]] = {
    400: InvalidRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidRequestError,
    429: RateLimitedError,
}
# The substrings by which the official clients tell the kinds of 403 apart.
_NOT_ENABLED = ("not enabled", "only allowed for langsmith organizations")
_WORKSPACE_REQUIRED = "requires workspace specification"
_LONGEST_DETAIL = 600


def read_body(call: Call, status: int, text: str) -> Any:
    """The decoded body of a successful answer; None for an empty one.

    Raises:
        UnexpectedAnswerError: The body is not JSON.
    """
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise UnexpectedAnswerError(
            f"{call.method} {call.path} was answered with something that is not JSON.",
            method=call.method,
            path=call.path,
            status=status,
        ) from None


def to_error(call: Call, status: int, text: str, retry_after: float | None = None) -> ControlPlaneError:
    """The error for an answer that is no success; ``text`` is its body with secrets already masked."""
    detail = read_detail(text)
    kind = _kind(status, detail)
    what = f"The control plane answered {call.method} {call.path} with {status}"
    if detail:
        what += f": {detail}"
    if not what.endswith((".", "!", "?")):
        what += "."
    return kind(what, method=call.method, path=call.path, status=status, detail=detail, retry_after=retry_after)


def read_detail(text: str) -> str | None:
    """A FastAPI ``detail`` as one line: the string, or the problems of a validation error with their places.

    Of validation problems only place and message are kept: their ``input`` quotes what was sent, secrets included.
    """
    try:
        body = json.loads(text)
    except ValueError:
        return None
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, list):
        detail = "; ".join(_problem(each) for each in detail if isinstance(each, dict))
    if not isinstance(detail, str) or not detail:
        return None
    line = " ".join(detail.split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[:_LONGEST_DETAIL]}..."


def _problem(problem: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in problem.get("loc") or ())
    return f"{place}: {problem.get('msg', 'invalid')}" if place else str(problem.get("msg", "invalid"))


def _kind(status: int, detail: str | None) -> type[ControlPlaneError]:
    said = (detail or "").lower()
    if status == 403 and _WORKSPACE_REQUIRED in said:
        return WorkspaceRequiredError
    if status == 403 and any(words in said for words in _NOT_ENABLED):
        return NotEnabledError
    if status >= 500:
        return ServerUnavailableError
    return _BY_STATUS.get(status, UnexpectedAnswerError)
