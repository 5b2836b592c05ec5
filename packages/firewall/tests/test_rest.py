"""What a vendor's refusals and silences become: few tries, plain sentences, no credentials."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from langsmith_firewall.errors import ChangedMeanwhileError, CredentialsError, ServiceError, TargetGoneError
from langsmith_firewall.rest import Rest

TOKEN = "canary-token-0123456789"


def _rest(answer: Callable[[httpx2.Request], httpx2.Response], waits: list[float] | None = None) -> Rest:
    sleep = (waits if waits is not None else []).append
    return Rest("Vendor", "https://api.test", {"Authorization": f"Bearer {TOKEN}"},
                wire=httpx2.MockTransport(answer), sleep=sleep)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind", "remedy"),
    [
        (400, ServiceError, "Correct what it names"),
        (401, CredentialsError, "Check the credentials"),
        (403, CredentialsError, "Check the credentials"),
        (404, TargetGoneError, "Create it first"),
        (409, ChangedMeanwhileError, "run this again later"),
        (412, ChangedMeanwhileError, "run this again later"),
        (500, ServiceError, "Correct what it names"),
    ],
)
def test_a_refusal_keeps_status_and_reason_and_says_what_to_do(status: int, kind: type[Exception], remedy: str) -> None:
    body = {"error": {"message": f"No, {TOKEN} may not."}}
    with pytest.raises(kind) as failure:
        _rest(lambda _: httpx2.Response(status, json=body)).call("GET", "/list?secret=1")
    assert f"Vendor refuses GET /list with {status}: No, *** may not. " in str(failure.value), "what and why"
    assert remedy in str(failure.value), "and what next"
    assert "canary" not in str(failure.value), "vendors echo tokens"


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "because"}},
        {"errors": [{"code": 1, "message": "because"}]},
        {"detail": "because"},
        {"message": "because"},
    ],
)
def test_the_reason_is_found_in_every_vendors_shape(body: dict[str, object]) -> None:
    with pytest.raises(ServiceError, match="because"):
        _rest(lambda _: httpx2.Response(400, json=body)).call("GET", "/list")


def test_a_passing_failure_is_tried_again_with_growing_waits() -> None:
    statuses, waits = [429, 503, 200], []
    rest = _rest(lambda _: httpx2.Response(statuses.pop(0), json={"ok": True}), waits)
    assert rest.call("GET", "/list") == {"ok": True}, "the third answer counts"
    assert waits == [1.0, 2.0], "not all at once"


@pytest.mark.parametrize(
    "failure",
    [httpx2.ConnectTimeout("no answer"), httpx2.TooManyRedirects("round and round"), httpx2.InvalidURL("not one")],
)
def test_a_vendor_that_never_answers_ends_the_run(failure: Exception) -> None:
    def silent(_: httpx2.Request) -> httpx2.Response:
        raise failure

    waits: list[float] = []
    told = rf"does not answer GET /list: {type(failure).__name__}\. Check the network"
    with pytest.raises(ServiceError, match=told):
        _rest(silent, waits).call("GET", "/list")
    assert len(waits) == 3, "four tries in all"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'"text"'])
def test_an_answer_that_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(ServiceError, match="something other than an object"):
        _rest(lambda _: httpx2.Response(200, content=content)).call("GET", "/list")


def test_no_content_is_an_empty_answer() -> None:
    assert _rest(lambda _: httpx2.Response(204)).call("DELETE", "/list/1") == {}, "deletions say nothing"
