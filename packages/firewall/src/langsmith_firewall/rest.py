"""A vendor's REST interface: one place for time limits, tries, and what errors say."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from langsmith_firewall.errors import ChangedMeanwhileError, CredentialsError, ServiceError, TargetGoneError

_TIMEOUT_SECONDS = 30.0
_TRIES = 4
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0
_LONGEST_DETAIL = 300
_PASSING = frozenset({429, 502, 503, 504})
# Nobody there, a broken connection, endless redirects, an address that is none.
_NO_ANSWER = (httpx2.RequestError, httpx2.InvalidURL, UnicodeError)
# 409 and 412 are what vendors answer to a write based on something old.
_CHANGED = frozenset({409, 412})


class Rest:
    """JSON requests to one vendor.

    Every request of this package can be sent twice without harm: reads, whole replacements, additions of what is
    already there, removals of what is gone.

    Args:
        vendor: Its name for people.
        base_url: What paths are appended to.
        auth: Headers, or an HTTP authentication, that carry the credentials; never shown.
        wire: Transport of the HTTP client; None is the network.
        sleep: Waits the given seconds.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        auth: Mapping[str, str] | httpx2.Auth,
        *,
        wire: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._vendor = vendor
        self._sleep = sleep
        headers = dict(auth) if isinstance(auth, Mapping) else {}
        self._secrets = [word for value in headers.values() for word in value.split() if len(word) > 8]
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/"),
            headers=headers,
            auth=None if isinstance(auth, Mapping) else auth,
            timeout=_TIMEOUT_SECONDS,
            transport=wire,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The answer's object; empty where there is none. What is sent is JSON, or else a form.

        Raises:
            CredentialsError: 401 or 403.
            TargetGoneError: 404.
            ChangedMeanwhileError: 409 or 412.
            ServiceError: Any other refusal, or no answer.
        """
        response = self._answered(method, path, {"json": body} if form is None else {"data": form}, headers)
        if response.is_success:
            return self._object(response, method, path)
        what = f"{method} {path.partition('?')[0]} with {response.status_code}"
        told = f"{self._vendor} refuses {what}{self._detail(response)}."
        if response.status_code in {401, 403}:
            raise CredentialsError(f"{told} Check the credentials and what they permit.")
        if response.status_code == 404:
            raise TargetGoneError(f"{told} Create it first, or correct its name.", 404)
        if response.status_code in _CHANGED:
            told = f"{told} Others keep changing it; run this again later."
            raise ChangedMeanwhileError(told, response.status_code)
        raise ServiceError(f"{told} Correct what it names, then run this again.", response.status_code)

    def _answered(
        self, method: str, path: str, content: dict[str, Any], headers: Mapping[str, str] | None
    ) -> httpx2.Response:
        tried = 0
        while True:
            tried += 1
            try:
                response = self._client.request(method, path, headers=dict(headers or {}), **content)
            except _NO_ANSWER as error:
                if tried == _TRIES:
                    raise ServiceError(
                        f"{self._vendor} does not answer {method} {path.partition('?')[0]}: {type(error).__name__}. "
                        "Check the network, then run this again."
                    ) from None
            else:
                if response.status_code not in _PASSING or tried == _TRIES:
                    return response
            self._sleep(min(_FIRST_WAIT_SECONDS * 2 ** (tried - 1), _LONGEST_WAIT_SECONDS))

    def _object(self, response: httpx2.Response, method: str, path: str) -> dict[str, Any]:
        if not response.content:
            return {}
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ServiceError(
                f"{self._vendor} answers {method} {path.partition('?')[0]} with something other than an object. "
                "Check the endpoint, then run this again.",
                response.status_code,
            )
        return answer

    def _detail(self, response: httpx2.Response) -> str:
        """What the vendor says, on one line, without the credentials it may echo."""
        try:
            answer = response.json()
        except ValueError:
            return ""
        text = _message(answer)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = " ".join(text.split()).rstrip(".")[:_LONGEST_DETAIL]
        return f": {text}" if text else ""


def _message(answer: Any) -> str:
    """The sentence in the shapes the vendors use: ``error.message``, ``errors[].message``, ``detail``, ``message``."""
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or "")
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        return "; ".join(str(each.get("message", "")) for each in errors if isinstance(each, dict))
    return str(answer.get("detail") or answer.get("message") or "")
