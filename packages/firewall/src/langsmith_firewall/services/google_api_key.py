"""Google: the addresses an API key may be used from."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, bare, normal
from langsmith_firewall.errors import (
    ChangedMeanwhileError,
    CredentialsError,
    MissingExtraError,
    RefusedError,
    ServiceError,
)
from langsmith_firewall.limits import GOOGLE_API_KEY
from langsmith_firewall.rest import Rest
from langsmith_firewall.service import Service
from langsmith_firewall.target import TargetField, endpoint

_ENDPOINT = "https://apikeys.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_POLLS = 30
_POLL_SECONDS = 2.0
_ABORTED = 10  # google.rpc.Code: the entity tag is not the key's any more
# A key is restricted by one of these; writing addresses would drop the others.
_OTHER_KINDS = ("browserKeyRestrictions", "androidKeyRestrictions", "iosKeyRestrictions")


class GoogleApiKey:
    """A key's ``serverKeyRestrictions``. They are written whole, with the key's entity tag.

    Args:
        api: The API Keys API.
        name: The key's resource name.
        sleep: Waits the given seconds.
    """

    def __init__(self, api: Rest, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._api = api
        self._name = name
        self._sleep = sleep

    def read(self) -> Snapshot:
        key = self._api.call("GET", f"/v2/{self._name}")
        restrictions = key.get("restrictions") or {}
        addresses = (restrictions.get("serverKeyRestrictions") or {}).get("allowedIps") or ()
        return Snapshot(
            tuple(Entry(normal(address)) for address in addresses),
            restricts=bool(addresses),
            version=key.get("etag") or "",
            raw=restrictions,
        )

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        del comment  # an address keeps none
        if others := [kind for kind in _OTHER_KINDS if seen.raw.get(kind)]:
            raise RefusedError(
                f"The key is restricted by {others[0]}, which addresses would replace. Use another key for servers."
            )
        self._write([*self._addresses(seen), *(bare(cidr) for cidr in cidrs)], seen)

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        self._write([address for address in self._addresses(seen) if normal(address) not in cidrs], seen)

    @staticmethod
    def _addresses(seen: Snapshot) -> Sequence[str]:
        return (seen.raw.get("serverKeyRestrictions") or {}).get("allowedIps") or ()

    def _write(self, addresses: Sequence[str], seen: Snapshot) -> None:
        restrictions = {**seen.raw, "serverKeyRestrictions": {"allowedIps": list(addresses)}}
        body: dict[str, Any] = {"restrictions": restrictions, "etag": seen.version}
        operation = self._api.call("PATCH", f"/v2/{self._name}?updateMask=restrictions", body=body)
        for _ in range(_POLLS):
            if operation.get("done"):
                break
            self._sleep(_POLL_SECONDS)
            operation = self._api.call("GET", f"/v2/{operation['name']}")
        else:
            raise ServiceError(
                "Google does not finish changing the key. Look at it in the console, then run this again."
            )
        if error := operation.get("error"):
            told = f"Google could not change the key: {str(error.get('message', 'no reason given')).rstrip('.')}."
            kind = ChangedMeanwhileError if error.get("code") == _ABORTED else ServiceError
            raise kind(f"{told} Run this again.")


def _token() -> str:
    """An access token by Google's application default credentials."""
    try:
        import google.auth
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request
    except ImportError:
        raise MissingExtraError("google-auth", "google") from None
    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
        credentials.refresh(Request())
    except GoogleAuthError:
        raise CredentialsError(
            "No Google credentials are found. Run `gcloud auth application-default login`, "
            "or set GOOGLE_APPLICATION_CREDENTIALS."
        ) from None
    return str(credentials.token)


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    with contextlib.closing(Rest("Google", target["endpoint"], {"Authorization": f"Bearer {_token()}"})) as api:
        yield GoogleApiKey(api, f"projects/{target['project']}/locations/global/keys/{target['keyId']}")


SERVICE = Service(
    kind="google-api-key",
    limits=GOOGLE_API_KEY,
    target={
        "project": TargetField(r"[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{6,20}", "my-project"),
        "keyId": TargetField(r"[a-z0-9][a-z0-9-]{0,62}", "b7ff1f9f-8275-410a-94dd-3855ee9b5dd2"),
        "endpoint": endpoint(_ENDPOINT),
    },
    open=_open,
)
