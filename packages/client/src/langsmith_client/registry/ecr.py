"""Logging in to Amazon ECR without the aws CLI: GetAuthorizationToken, signed here.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from langsmith_client.errors import RegistryAccessError
from langsmith_client.registry.ecr_api import EcrApi, is_ecr
from langsmith_client.registry.logins import DockerLogins, Login


class EcrLogins:
    """Fresh ECR logins from AWS keys, each good for twelve hours and asked for once.

    Args:
        environ: AWS's official variables: keys, region, AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL.
        transport: Replaces the network, for tests.
        now: The time in UTC; AWS refuses signatures more than minutes off.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        transport: httpx2.BaseTransport | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._api = EcrApi(environ, transport, now)
        self._known: dict[str, Login] = {}

    def login(self, host: str, service: str = "") -> Login | None:
        """The login for `host`, or None when it is no ECR registry or there are no AWS keys.

        A host that merely claims to be ECR gets a login only if AWS itself names it as the account's registry.

        Raises:
            RegistryAccessError: AWS refuses the keys.
            RegistryError: AWS cannot be reached.
        """
        if host not in self._known:
            answer = self._api.call(host, "GetAuthorizationToken", {}, service=service)
            if answer is None:
                return None
            given = _authorization_data(answer, host)
            if not is_ecr(host) and urllib.parse.urlsplit(given["proxyEndpoint"]).netloc != host:
                return None
            self._known[host] = _decoded(given["authorizationToken"], host)
        return self._known[host]


class RegistryLogins:
    """Docker's logins, and for ECR fresh ones from AWS keys.

    A login docker has stored for ECR is dead after twelve hours, so that AWS keys come first, unless docker's
    configuration names a helper for this very registry.
    """

    def __init__(self, docker: DockerLogins, ecr: EcrLogins) -> None:
        self._docker, self._ecr = docker, ecr

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> RegistryLogins:
        """The logins that `environ` leads to."""
        return cls(DockerLogins(environ), EcrLogins(environ))

    def login(self, host: str, service: str) -> Login | None:
        """See `Logins`."""
        fresh = None if self._docker.has_helper(host) else self._ecr.login(host, service)
        return fresh or self._docker.login(host)


def _authorization_data(answer: httpx2.Response, host: str) -> Mapping[str, Any]:
    try:
        body = answer.json()
        if answer.status_code == 200:
            return body["authorizationData"][0]
        # Error types come with or without a namespace, and the message in either case.
        kind = str(body.get("__type", "")).rpartition("#")[2]
        said = f"{kind}: {body.get('message') or body.get('Message') or ''}"
    except (ValueError, LookupError, TypeError, AttributeError):
        said = "no JSON"
    raise RegistryAccessError(
        f"AWS gives no login for {host}: {answer.status_code} {said}.",
        "Check the AWS keys and that they allow ecr:GetAuthorizationToken.",
        status=answer.status_code,
    )


def _decoded(token: str, host: str) -> Login:
    try:
        user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise RegistryAccessError(f"AWS's login for {host} is damaged.", "Try again.") from None
    return Login(user, password)
