"""Sending a call over HTTP: timeouts, bounded retries, and every failure as an error of this package."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import httpx2

from langsmith_control_plane.answers import read_body, to_error
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
from langsmith_control_plane.retry import RetryPolicy, parse_retry_after
from langsmith_control_plane.secret import redact
from langsmith_control_plane.tls import trust
from langsmith_control_plane.wire import NO_ANSWER

_USER_AGENT = "langsmith-control-plane/0.1.0"
# The control plane answers at once: what takes long, it does afterwards.
_TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
# Failures before a request is sent: nothing can have happened on the server.
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


class Transport:
    """One HTTP connection pool to one control plane, for one key; safe to share between threads.

    Args:
        base_url: Base URL, as `endpoints.resolve` gives it.
        credentials: Sent with every request.
        wire: What carries the requests; by default the network, through the proxy the environment names.
        retry: How often to try.
        timeout: Limits of each single try.
        sleep: Waits the given seconds.
        jitter: A number between 0 and 1, asked for before each wait.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        wire: httpx2.BaseTransport | None = None,
        retry: RetryPolicy | None = None,
        timeout: httpx2.Timeout = _TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._credentials = credentials
        self._retry = retry or RetryPolicy()
        self._sleep = sleep
        self._jitter = jitter
        self._base_url = base_url.rstrip("/")
        headers = {"Accept": "application/json", "User-Agent": _USER_AGENT, **credentials.headers()}
        self._http = httpx2.Client(
            headers=headers, timeout=timeout, transport=wire, follow_redirects=False, verify=trust()
        )

    def send(self, call: Call) -> Any:
        """Send a call and return the decoded body, None for an empty one.

        Repeatable calls are retried after 429, 5xx and connection failures. Others are retried only where the server
        certainly did nothing: no connection was made, or it answered 429.

        Raises:
            ControlPlaneError: The subclass that fits the last failure.
        """
        tried = 0
        while True:
            tried += 1
            outcome = self._try(call)
            if not isinstance(outcome, ControlPlaneError):
                return read_body(call, outcome.status_code, outcome.text)
            if tried >= self._retry.tries or not _may_retry(call, outcome):
                raise outcome
            self._sleep(self._retry.wait(tried, outcome.retry_after, self._jitter()))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _try(self, call: Call) -> httpx2.Response | ControlPlaneError:
        try:
            response = self._http.request(
                call.method, f"{self._base_url}{call.path}", params=list(call.query) or None, json=call.body
            )
        except NO_ANSWER as error:
            return self._from_wire(call, error)
        if response.is_success:
            return response
        if response.is_redirect:
            return _redirected(call, response)
        text = redact(response.text, (self._credentials.api_key, *call.secrets))
        retry_after = parse_retry_after(response.headers.get("Retry-After"))
        return to_error(call, response.status_code, text, retry_after)

    def _from_wire(self, call: Call, error: Exception) -> ControlPlaneError:
        """The error for a failure below HTTP; keeps it as the cause, not its text, which may quote headers."""
        reason = type(error).__name__
        if isinstance(error, _NEVER_SENT):
            mapped: ControlPlaneError = UnreachableError(
                f"No connection to {self._base_url} ({reason}).", method=call.method, path=call.path
            )
        elif isinstance(error, httpx2.TransportError):
            kind = ServerUnavailableError if call.repeatable else LostAnswerError
            mapped = kind(
                f"{call.method} {call.path} got no answer from {self._base_url} ({reason}).",
                method=call.method,
                path=call.path,
            )
        else:
            mapped = UnexpectedAnswerError(
                f"{call.method} {call.path} at {self._base_url} failed ({reason}).", method=call.method, path=call.path
            )
        mapped.__cause__ = error
        return mapped


def _may_retry(call: Call, error: ControlPlaneError) -> bool:
    if isinstance(error, (UnreachableError, RateLimitedError)):
        return True
    return call.repeatable and isinstance(error, ServerUnavailableError)


def _redirected(call: Call, response: httpx2.Response) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"{call.method} {call.path} was redirected, which a control plane never does.",
        method=call.method,
        path=call.path,
        status=response.status_code,
    )
