"""What is tried again, what is not, and what every failure turns into."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2
import pytest

from langsmith_control_plane import deployment_calls, listener_calls
from langsmith_control_plane.calls import Call
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.errors import (
    ControlPlaneError,
    LostAnswerError,
    RateLimitedError,
    ServerUnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from langsmith_control_plane.secret import Secret
from langsmith_control_plane.transport import Transport

if TYPE_CHECKING:
    from conftest import Wire

NewWire = Callable[..., "Wire"]

READ = listener_calls.get_listener("id")
CREATE = listener_calls.create_listener("hybrid", ["agents"])
EMPTY = httpx2.Response(200, json={})
BUSY = httpx2.Response(503, json={"detail": "busy"})


def test_every_request_carries_key_workspace_and_base_path(wire: NewWire) -> None:
    net = wire(EMPTY)
    net.transport().send(READ)
    request = net.requests[0]
    assert request.url == "https://control.example.com/api-host/v2/listeners/id", "a base path must be kept"
    assert request.headers["X-Api-Key"] == "lsv2_pt_canary_0123456789", "the key authenticates"
    assert request.headers["X-Tenant-Id"] == "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "the workspace scopes"
    assert request.headers["Accept"] == "application/json", "the API speaks JSON"


def test_every_request_is_bounded_in_time(wire: NewWire) -> None:
    net = wire(EMPTY)
    net.transport().send(READ)
    limits = net.requests[0].extensions["timeout"]
    assert all(limits[phase] for phase in ("connect", "read", "write", "pool")), "a silent server would hang a deploy"


@pytest.mark.parametrize("failure", [BUSY, httpx2.Response(429), httpx2.ReadTimeout("slow"), httpx2.ConnectError("no")])
def test_a_read_is_tried_again_until_it_succeeds(wire: NewWire, failure: httpx2.Response | Exception) -> None:
    net = wire(failure, failure, EMPTY)
    assert net.transport().send(READ) == {}, "a passing failure must not reach the user"
    assert net.waits == [0.5, 1.0], "each wait is longer than the one before"


def test_tries_are_bounded_and_the_last_failure_is_reported(wire: NewWire) -> None:
    net = wire(BUSY)
    with pytest.raises(ServerUnavailableError, match="503: busy"):
        net.transport(tries=3).send(READ)
    assert len(net.requests) == 3, "an outage must end in an error, not in waiting"
    assert len(net.waits) == 2, "no wait after the last try"


def test_retry_after_is_honoured_up_to_a_bound(wire: NewWire) -> None:
    net = wire(
        httpx2.Response(429, headers={"Retry-After": "7"}), httpx2.Response(429, headers={"Retry-After": "3600"}), EMPTY
    )
    net.transport().send(READ)
    assert net.waits == [7.0, 20.0], "as told, but never so long that a user thinks it hangs"


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_server_asked_to_wait_is_told_to_a_caller_with_more_patience(wire: NewWire, status: int) -> None:
    net = wire(httpx2.Response(status, headers={"Retry-After": "60"}))
    with pytest.raises(ControlPlaneError) as caught:
        net.transport().send(READ)
    assert caught.value.retry_after == 60, "a caller that can wait for minutes should wait for the right time"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_clear_answer_is_not_asked_for_twice(wire: NewWire, status: int) -> None:
    net = wire(httpx2.Response(status, json={"detail": "no"}))
    with pytest.raises(ControlPlaneError):
        net.transport().send(READ)
    assert len(net.requests) == 1, "the answer would be the same"


@pytest.mark.parametrize(
    "failure", [httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("cut"), httpx2.ReadError("")]
)
def test_a_creation_whose_answer_is_lost_is_never_sent_twice(
    wire: NewWire, failure: httpx2.Response | Exception
) -> None:
    net = wire(failure)
    with pytest.raises(LostAnswerError, match="Look whether it took effect"):
        net.transport().send(CREATE)
    assert len(net.requests) == 1, "a second one could create a second thing"


def test_a_creation_is_not_repeated_after_a_server_error(wire: NewWire) -> None:
    net = wire(BUSY)
    with pytest.raises(ServerUnavailableError):
        net.transport().send(CREATE)
    assert len(net.requests) == 1, "a 502 from a proxy says nothing about what the server behind it did"


@pytest.mark.parametrize("failure", [httpx2.ConnectError("refused"), httpx2.ConnectTimeout(""), httpx2.Response(429)])
def test_a_creation_the_server_never_took_is_sent_again(wire: NewWire, failure: httpx2.Response | Exception) -> None:
    net = wire(failure, EMPTY)
    net.transport().send(CREATE)
    assert len(net.requests) == 2, "nothing happened, so nothing can happen twice"


def test_unreachable_and_rate_limited_are_told_apart(wire: NewWire) -> None:
    with pytest.raises(UnreachableError, match="Check the network"):
        wire(httpx2.ConnectError("refused")).transport().send(CREATE)
    with pytest.raises(RateLimitedError, match="fewer requests"):
        wire(httpx2.Response(429)).transport().send(CREATE)


@pytest.mark.parametrize(
    "call",
    [
        deployment_calls.create_deployment("hello", image_uri="image"),
        deployment_calls.patch_deployment("id", image_uri="image"),
        deployment_calls.create_revision("id", image_uri="image"),
        deployment_calls.redeploy("id", "revision"),
    ],
    ids=lambda call: f"{call.method} {call.path}",
)
def test_whatever_makes_a_revision_is_not_repeatable(call: Call) -> None:
    assert not call.repeatable, "a repeated request would deploy twice"


def test_a_redirect_is_an_error_and_the_key_does_not_follow_it(wire: NewWire) -> None:
    net = wire(httpx2.Response(302, headers={"Location": "https://elsewhere.example.com/"}))
    with pytest.raises(UnexpectedAnswerError, match="Check that the URL"):
        net.transport().send(READ)
    assert len(net.requests) == 1, "the key must reach no other host"


def test_a_web_page_instead_of_json_is_an_error(wire: NewWire) -> None:
    with pytest.raises(UnexpectedAnswerError, match="not JSON"):
        wire(httpx2.Response(200, text="<html>")).transport().send(READ)


def test_no_body_is_no_value(wire: NewWire) -> None:
    assert wire(httpx2.Response(204)).transport().send(listener_calls.delete_listener("id")) is None, "204 has none"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 418])
def test_key_echoed_by_the_server_is_masked_in_every_error(wire: NewWire, status: int) -> None:
    net = wire(httpx2.Response(status, json={"detail": "bad key lsv2_pt_canary_0123456789"}))
    with pytest.raises(ControlPlaneError) as failure:
        net.transport().send(READ)
    assert "canary" not in f"{failure.value} {failure.value.detail}", "errors are logged and sent to support"


def test_variable_echoed_by_the_server_is_masked(wire: NewWire) -> None:
    from langsmith_control_plane.models import SecretVariable
    from langsmith_control_plane.secret import Secret

    call = deployment_calls.create_revision(
        "id", image_uri="image", secrets=[SecretVariable("TOKEN", Secret("sk-secret-value"))]
    )
    with pytest.raises(ControlPlaneError) as failure:
        wire(httpx2.Response(400, json={"detail": "cannot store sk-secret-value"})).transport().send(call)
    assert "sk-secret" not in str(failure.value), "an agent's secret is as secret as the key"
    assert "sk-secret" not in repr(call), "a call may be printed while debugging"


def _request_errors() -> list[type[httpx2.RequestError]]:
    named = [each for _, each in inspect.getmembers(httpx2, inspect.isclass)]
    return [each for each in named if issubclass(each, httpx2.RequestError)]


@pytest.mark.parametrize("kind", _request_errors(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_http_library_becomes_one_of_ours(wire: NewWire, kind: type[httpx2.RequestError]) -> None:
    with pytest.raises(ControlPlaneError) as failure:
        wire(kind("text with lsv2_pt_canary_0123456789")).transport(tries=1).send(READ)
    assert isinstance(failure.value.__cause__, kind), "the cause is kept for whoever debugs"
    assert "canary" not in str(failure.value), "the library's text may quote headers"
    assert (failure.value.method, failure.value.path) == ("GET", "/v2/listeners/id"), (
        "machines want to know what failed"
    )


@pytest.mark.parametrize("host", ["exa..mple", "a" * 64, "127.0.0.1:99999", "["])
def test_an_address_that_no_socket_takes_is_an_error_of_this_package(host: str) -> None:
    transport = Transport(f"http://{host}", Credentials(Secret("lsv2_pt_canary_0123456789")))
    with pytest.raises(ControlPlaneError):
        transport.send(READ)
    transport.close()
