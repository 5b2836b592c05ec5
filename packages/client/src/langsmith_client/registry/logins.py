"""Credentials for registries: docker's own files and helpers, and AWS's for ECR."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from langsmith_client import processes
from langsmith_client.errors import RegistryAccessError

if TYPE_CHECKING:
    from collections.abc import Mapping

REFRESH_TOKEN_USER = "<token>"  # noqa: S105 - a marker, not a secret
"""The user name by which docker's helpers mark a credential that is a refresh token and not a password."""
# Docker Hub's entry has carried this address since version 1 of the protocol.
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"
# What every helper says for a registry it knows nothing of
# (https://github.com/docker/docker-credential-helpers/blob/master/credentials/error.go).
_NOT_FOUND = "credentials not found"
_HELPER_TIMEOUT = 30.0  # seconds; a helper may ask a service


@dataclasses.dataclass(frozen=True)
class Login:
    """A user and a password (or token) for one registry."""

    user: str
    password: str = dataclasses.field(repr=False)


class Logins(Protocol):
    """Where credentials come from."""

    def login(self, host: str, service: str) -> Login | None:
        """The login for a registry that calls itself `service` (empty if it does not say), or None: anonymous."""
        ...


class DockerLogins:
    """Logins of docker's config.json: `credHelpers`, `credsStore`, then `auths`, as docker looks them up.

    Args:
        environ: DOCKER_CONFIG names the folder; without it, it is `.docker` in the home folder.
        run: Runs the credential helpers, which keep the secret off the command line by design.

    Attributes:
        folder: Docker's configuration.
    """

    def __init__(self, environ: Mapping[str, str], *, run: processes.Runner = processes.run) -> None:
        self.folder = Path(environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
        self._run = run

    def login(self, host: str, service: str = "") -> Login | None:  # noqa: ARG002 - docker goes by the host
        """The login for `host`, or None to stay anonymous.

        Raises:
            RegistryAccessError: The configuration or its helper cannot be used.
        """
        config = self.config()
        key = _key(host)
        helper = config.get("credHelpers", {}).get(key) or config.get("credsStore")
        if helper and (found := self._ask(helper, key)):
            return found
        auths = config.get("auths", {})
        return _stored(auths.get(key) or auths.get(f"https://{key}") or {}, host)

    def has_helper(self, host: str) -> bool:
        """Whether the user has chosen a helper for this very registry."""
        return _key(host) in self.config().get("credHelpers", {})

    def config(self) -> dict[str, Any]:
        """Docker's config.json, empty when there is none.

        Raises:
            RegistryAccessError: It cannot be read.
        """
        try:
            return json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise RegistryAccessError(
                f"{self.folder / 'config.json'} is not JSON.", "Log in with docker again."
            ) from None

    def _ask(self, helper: str, key: str) -> Login | None:
        program = f"docker-credential-{helper}"
        try:
            done = self._run([program, "get"], stdin=key.encode(), timeout=_HELPER_TIMEOUT)
            if done.exit_code != 0:
                return _without(program, done)
            answer = json.loads(done.stdout)
            return Login(answer["Username"], answer["Secret"]) if answer["Secret"] else None
        except FileNotFoundError:
            raise RegistryAccessError(
                f"docker's configuration wants {program}, which is not on PATH.", "Install it, or log in again."
            ) from None
        except (ValueError, KeyError, TypeError, TimeoutError):
            raise RegistryAccessError(f"{program} gave no usable answer.", "Run it by hand to see why.") from None


def _key(host: str) -> str:
    return _DOCKER_HUB_KEY if host == "docker.io" else host


def _without(program: str, done: processes.Finished) -> None:
    """A helper without a login is no trouble; one that failed is, because going on as nobody would hide the cause."""
    # Helpers complain on stdout; it holds no secret, for there is none.
    said = (done.stdout.decode(errors="replace") + done.stderr).strip()
    if said and _NOT_FOUND not in said:
        raise RegistryAccessError(f"{program} failed: {said.splitlines()[0][:200]}.", "Run it by hand to see why.")


def _stored(entry: Mapping[str, str], host: str) -> Login | None:
    if token := entry.get("identitytoken"):
        return Login(REFRESH_TOKEN_USER, token)
    if not entry.get("auth"):
        return None
    try:
        user, _, password = base64.b64decode(entry["auth"], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise RegistryAccessError(
            f"The login for {host} in docker's config.json is damaged.", "Log in again."
        ) from None
    return Login(user, password)
