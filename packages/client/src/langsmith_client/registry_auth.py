"""Credentials for image registries: docker's own files and helpers, and the two ways registries ask for them."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from langsmith_client import processes
from langsmith_client.errors import RegistryAccessError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A user name docker's helpers give for a credential that is a refresh token and not a password.
_REFRESH_TOKEN_USER = "<token>"  # noqa: S105 - a marker, not a secret
# Docker Hub's entry has carried this address since version 1 of the protocol.
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"


@dataclasses.dataclass(frozen=True)
class Login:
    """A user and a password (or access token) for one registry."""

    user: str
    password: str = dataclasses.field(repr=False)


class DockerLogins:
    """Logins of docker's config.json: `credHelpers`, `credsStore`, then `auths`, as docker looks them up.

    Args:
        environ: DOCKER_CONFIG names the folder; without it, it is `.docker` in the home folder.
        run: Runs the credential helpers, which keep the secret off the command line by design.
    """

    def __init__(self, environ: Mapping[str, str], *, run: processes.Runner = processes.run) -> None:
        self._folder = Path(environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
        self._run = run

    def login(self, host: str) -> Login | None:
        """The login for `host`, or None to stay anonymous.

        Raises:
            RegistryAccessError: The configuration or its helper cannot be used.
        """
        config = self._config()
        key = _DOCKER_HUB_KEY if host == "docker.io" else host
        helper = config.get("credHelpers", {}).get(key) or config.get("credsStore")
        if helper and (found := self._ask(helper, key)):
            return found
        auths = config.get("auths", {})
        entry = auths.get(key) or auths.get(f"https://{key}") or {}
        return _decode(entry["auth"], host) if entry.get("auth") else None

    def _config(self) -> dict[str, Any]:
        try:
            return json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise RegistryAccessError(
                f"{self._folder / 'config.json'} is not JSON.", "Log in with docker again."
            ) from None

    def _ask(self, helper: str, key: str) -> Login | None:
        program = f"docker-credential-{helper}"
        try:
            done = self._run([program, "get"], stdin=key.encode(), timeout=30)
            answer = json.loads(done.stdout) if done.exit_code == 0 else {}
        except FileNotFoundError:
            raise RegistryAccessError(
                f"docker's configuration wants {program}, which is not on PATH.", "Install it, or log in again."
            ) from None
        except (json.JSONDecodeError, TimeoutError):
            raise RegistryAccessError(f"{program} gave no usable answer.", "Run it by hand to see why.") from None
        return Login(answer["Username"], answer["Secret"]) if answer.get("Secret") else None


def _decode(text: str, host: str) -> Login:
    try:
        user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise RegistryAccessError(
            f"The login for {host} in docker's config.json is damaged.", "Log in again."
        ) from None
    return Login(user, password)


def authorization(
    challenge: str, login: Login | None, scopes: Sequence[str], *, http: httpx2.Client, host: str
) -> str | None:
    """The Authorization header that answers a WWW-Authenticate `challenge`, or None when there is nothing to offer.

    `scopes` are asked for on top of the one in the challenge: mounting a blob needs a second repository, which the
    registry's challenge does not name (https://distribution.github.io/distribution/spec/auth/token/).

    Raises:
        RegistryAccessError: The token service refuses.
        RegistryError: It cannot be reached.
    """
    scheme, _, rest = challenge.partition(" ")
    if scheme.lower() == "basic":
        return _basic(login) if login else None
    if scheme.lower() != "bearer":
        raise RegistryAccessError(f"{host} asks for {scheme} authentication, which is not supported.")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    return f"Bearer {_token(fields, login, scopes, http=http, host=host)}"


def _basic(login: Login) -> str:
    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()


def _token(
    fields: Mapping[str, str], login: Login | None, scopes: Sequence[str], *, http: httpx2.Client, host: str
) -> str:
    wanted = list(dict.fromkeys([*fields.get("scope", "").split(), *scopes]))
    service = {"service": fields["service"]} if "service" in fields else {}
    realm = fields.get("realm", "")
    try:
        if login and login.user == _REFRESH_TOKEN_USER:
            form = {"grant_type": "refresh_token", "refresh_token": login.password, "client_id": "langsmith-client"}
            answer = http.post(realm, data={**form, **service, "scope": " ".join(wanted)})
        else:
            query: dict[str, str | list[str]] = {**service, "scope": wanted}
            answer = http.get(realm, params=query, headers={"Authorization": _basic(login)} if login else {})
    except (httpx2.RequestError, httpx2.InvalidURL) as error:
        raise RegistryError(f"The token service of {host} cannot be reached ({type(error).__name__}).") from None
    if answer.status_code != 200:
        raise RegistryAccessError(
            f"The token service of {host} answered {answer.status_code}.",
            f"Log in with `docker login {host}`.",
            status=answer.status_code,
        )
    try:
        body = answer.json()
        return body.get("token") or body["access_token"]
    except (ValueError, KeyError, AttributeError):
        raise RegistryError(f"The token service of {host} gave no token.", "Check the registry's address.") from None
