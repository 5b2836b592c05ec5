"""Logging in to Amazon ECR without the aws CLI: GetAuthorizationToken, signed here.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
import re
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from langsmith_client.errors import RegistryAccessError, RegistryError
from langsmith_client.registry.aws_keys import aws_keys, aws_region
from langsmith_client.registry.logins import DockerLogins, Login
from langsmith_client.registry.sigv4 import signed_headers
from langsmith_client.tls import trust

# ECR's name for itself in its challenge.
SERVICE = "ecr.amazonaws.com"
# <account>.dkr.ecr.<region>.amazonaws.com, its FIPS and China forms, the dual-stack <account>.dkr-ecr.<region>.on.aws
# (https://docs.aws.amazon.com/general/latest/gr/ecr.html).
_HOST = re.compile(
    r"\d{12}\.dkr[.-]ecr(?P<fips>-fips)?\.(?P<region>[a-z0-9-]+)\.(?P<suffix>amazonaws\.com(\.cn)?|on\.aws)"
)
_TARGET = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
_TIMEOUT = 30.0  # seconds


@dataclasses.dataclass(frozen=True)
class _Place:
    region: str
    endpoint: str


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
        self._environ = environ
        self._transport = transport
        self._now = now
        self._known: dict[str, Login] = {}

    def login(self, host: str, service: str = "") -> Login | None:
        """The login for `host`, or None when it is no ECR registry or there are no AWS keys.

        A host that merely claims to be ECR gets a login only if AWS itself names it as the account's registry.

        Raises:
            RegistryAccessError: AWS refuses the keys.
            RegistryError: AWS cannot be reached.
        """
        if host not in self._known:
            place = self._place(host, service)
            keys = aws_keys(self._environ) if place else None
            if place is None or keys is None:
                return None
            body = b"{}"
            headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": _TARGET}
            signed = signed_headers(
                place.endpoint, headers, body, keys=keys, region=place.region, service="ecr", now=self._now()
            )
            given = _authorization_data(self._post(place.endpoint, signed, body), host)
            if not _HOST.fullmatch(host) and urllib.parse.urlsplit(given["proxyEndpoint"]).netloc != host:
                return None
            self._known[host] = _decoded(given["authorizationToken"], host)
        return self._known[host]

    def _place(self, host: str, service: str) -> _Place | None:
        match = _HOST.fullmatch(host)
        region = match["region"] if match else aws_region(self._environ)
        if region is None or (match is None and service != SERVICE):
            return None
        chosen = self._environ.get("AWS_ENDPOINT_URL_ECR") or self._environ.get("AWS_ENDPOINT_URL")
        if chosen:
            return _Place(region, chosen.rstrip("/") + "/")
        return _Place(region, _endpoint(region, match) + "/")

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> httpx2.Response:
        try:
            with httpx2.Client(transport=self._transport, timeout=_TIMEOUT, verify=trust()) as http:
                return http.post(url, headers=dict(headers), content=body)
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise RegistryError(
                f"AWS cannot be asked for a login to ECR at {url} ({type(error).__name__}).", "Check the network."
            ) from None


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


def _endpoint(region: str, match: re.Match[str] | None) -> str:
    if match is None:
        return f"https://api.ecr.{region}.amazonaws.com"
    if match["suffix"] == "on.aws":
        return f"https://ecr{match['fips'] or ''}.{region}.api.aws"
    if match["fips"]:
        return f"https://ecr-fips.{region}.{match['suffix']}"
    return f"https://api.ecr.{region}.{match['suffix']}"


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
