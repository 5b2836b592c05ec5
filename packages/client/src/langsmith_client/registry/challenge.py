"""The two ways in which registries ask who is there, and the answers (`WWW-Authenticate`, RFC 9110)."""

from __future__ import annotations

import base64
import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx2

from langsmith_client.errors import RegistryAccessError, RegistryError
from langsmith_client.registry.logins import REFRESH_TOKEN_USER, Login
from langsmith_control_plane.wire import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLIENT_ID = "langsmith-client"


@dataclasses.dataclass(frozen=True)
class Challenge:
    """A parsed challenge: `basic`, `bearer` or another scheme in lowercase, and its fields."""

    scheme: str
    fields: Mapping[str, str]

    @property
    def service(self) -> str:
        """What the registry calls itself; empty when it does not say."""
        return self.fields.get("service", "")


def read_challenge(text: str) -> Challenge:
    """Parse the value of a WWW-Authenticate header."""
    scheme, _, rest = text.strip().partition(" ")
    return Challenge(scheme.lower(), dict(re.findall(r'(\w+)="([^"]*)"', rest)))


def authorization(
    challenge: Challenge, login: Login | None, scopes: Sequence[str], *, http: httpx2.Client, host: str
) -> str | None:
    """The Authorization header that answers `challenge`, or None when there is nothing to offer.

    `scopes` are asked for on top of the one in the challenge: mounting a blob needs a second repository, which the
    registry's challenge does not name (https://distribution.github.io/distribution/spec/auth/token/).

    Raises:
        RegistryAccessError: The token service refuses.
        RegistryError: It cannot be reached.
    """
    if challenge.scheme == "basic":
        return _basic(login) if login else None
    if challenge.scheme != "bearer":
        raise RegistryAccessError(f"{host} asks for {challenge.scheme} authentication, which is not supported.")
    answer = _token_request(challenge.fields, login, scopes, http=http, host=host)
    if answer.status_code != 200:
        raise RegistryAccessError(
            f"The token service of {host} answered {answer.status_code}.",
            f"Log in with `docker login {host}`.",
            status=answer.status_code,
        )
    try:
        body = answer.json()
        return f"Bearer {body.get('token') or body['access_token']}"
    except (ValueError, KeyError, AttributeError):
        raise RegistryError(f"The token service of {host} gave no token.", "Check the registry's address.") from None


def _basic(login: Login) -> str:
    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()


def _token_request(
    fields: Mapping[str, str], login: Login | None, scopes: Sequence[str], *, http: httpx2.Client, host: str
) -> httpx2.Response:
    wanted = list(dict.fromkeys([*fields.get("scope", "").split(), *scopes]))
    service = {"service": fields["service"]} if "service" in fields else {}
    realm = fields.get("realm", "")
    try:
        if login and login.user == REFRESH_TOKEN_USER:
            form = {"grant_type": "refresh_token", "refresh_token": login.password, "client_id": _CLIENT_ID}
            return http.post(realm, data={**form, **service, "scope": " ".join(wanted)})
        query: dict[str, str | list[str]] = {**service, "scope": wanted}
        return http.get(realm, params=query, headers={"Authorization": _basic(login)} if login else {})
    except NO_ANSWER as error:
        raise RegistryError(f"The token service of {host} cannot be reached ({type(error).__name__}).") from None
