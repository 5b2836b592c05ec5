"""Errors by status and by the literal texts the control plane is known to send."""

from __future__ import annotations

import json

import pytest

from langsmith_control_plane import errors
from langsmith_control_plane.answers import read_detail, to_error
from langsmith_control_plane.listener_calls import get_listener

CALL = get_listener("id")


def _body(detail: object) -> str:
    return json.dumps({"detail": detail})


@pytest.mark.parametrize(
    ("status", "detail", "kind"),
    [
        (400, "bad", errors.InvalidRequestError),
        (401, "who?", errors.UnauthorizedError),
        (403, "no", errors.ForbiddenError),
        (403, "Deployments are Not Enabled for this organization", errors.NotEnabledError),
        (
            403,
            (
                "Listeners cannot be created for LangSmith workspace ID 'x'. Creating listeners is only allowed for "
                "LangSmith organizations with self-hosted enterprise plans."
            ),
            errors.NotEnabledError,
        ),
        (403, "This API key requires workspace specification", errors.WorkspaceRequiredError),
        (404, "Listener ID x not found.", errors.NotFoundError),
        (409, "Listener exists", errors.ConflictError),
        (422, "no", errors.InvalidRequestError),
        (429, "slow down", errors.RateLimitedError),
        (500, "oops", errors.ServerUnavailableError),
        (504, "", errors.ServerUnavailableError),
        (418, "teapot", errors.UnexpectedAnswerError),
    ],
)
def test_each_answer_has_its_own_error(status: int, detail: str, kind: type[Exception]) -> None:
    error = to_error(CALL, status, _body(detail))
    assert type(error) is kind, "callers decide by class"
    assert (error.status, error.method, error.path) == (status, "GET", "/v2/listeners/id"), "machines decide by fields"


def test_message_says_what_happened_and_what_to_do() -> None:
    error = to_error(CALL, 404, _body("Listener ID id not found."))
    assert str(error) == (
        "The control plane answered GET /v2/listeners/id with 404: Listener ID id not found. "
        "Check the id, the workspace and the region."
    ), "two sentences that can stand alone on a terminal"


def test_validation_problems_become_one_line_without_what_was_sent() -> None:
    detail = [
        {"loc": ["body", "secrets", 0, "value"], "msg": "too long", "type": "x", "input": "sk-secret-value"},
        {"loc": ["path", "listener_id"], "msg": "not a UUID", "type": "uuid_parsing", "ctx": {"error": "sk-secret"}},
    ]
    assert read_detail(_body(detail)) == "body.secrets.0.value: too long; path.listener_id: not a UUID", (
        "FastAPI quotes the input, which may be a secret"
    )


@pytest.mark.parametrize("text", ["", "<html>502</html>", "[]", "null", '{"detail": null}', '{"detail": [1]}'])
def test_answers_without_a_usable_detail_still_make_an_error(text: str) -> None:
    error = to_error(CALL, 502, text)
    assert error.detail is None, "a proxy's page is no detail"
    assert "with 502." in str(error), "the status is all there is to tell"


def test_a_long_detail_is_cut() -> None:
    detail = read_detail(_body("x" * 5000))
    assert detail is not None
    assert len(detail) < 700, "a page of text would bury the remedy"
