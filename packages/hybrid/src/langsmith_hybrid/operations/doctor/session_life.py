"""How long AWS credentials will live, as far as it can be known before they are over."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from langsmith_hybrid.operations.aws import Aws, translated
from langsmith_hybrid.operations.errors import AccessExpiredError

_EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
# Fetched again by whoever uses them, for as long as the machine or the source they come from is trusted.
_RENEWED = frozenset({"assume-role", "assume-role-with-web-identity", "container-role", "iam-role"})
# What the key ids of temporary credentials begin with (IAM identifiers, "Understanding unique ID prefixes").
_TEMPORARY = "ASIA"


@dataclasses.dataclass(frozen=True)
class Life:
    """The life of credentials.

    Attributes:
        says: What is known of it, as in "they do not expire".
        ends: When they end; None where they do not, or nobody knows.
        known: Whether that is all there is to it.
        renew: The command that gets new ones; empty where there is none to name.
    """

    says: str
    ends: dt.datetime | None = None
    known: bool = True
    renew: str = ""


def life_of(aws: Aws, environ: Mapping[str, str], *, token_folder: str | None = None) -> Life:
    """The life of the credentials that requests are signed with.

    Args:
        aws: Whose credentials.
        environ: The environment they may come from.
        token_folder: Where SSO tokens are kept; by default where botocore and the aws CLI keep them.

    Raises:
        AccessError: There are none.
        AccessExpiredError: They are over.
    """
    from botocore.exceptions import NoCredentialsError

    with translated("credentials"):
        credentials: Any = aws.session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        profiles = _chain(aws.session)
        if credentials.method == "env" and (stated := environ.get(_EXPIRATION)):
            return Life("", _time(stated))
        # Before they are fetched: with a token that is over, they cannot be.
        if credentials.method != "env" and (life := _of_sso(aws.session, profiles, token_folder)):
            return life
        key_id = credentials.get_frozen_credentials().access_key
    if credentials.method in _RENEWED and not any("mfa_serial" in settings for _, settings in profiles):
        return Life("they renew themselves")
    # On all that botocore can fetch again; it tells in no other way when that must be.
    expiry = getattr(credentials, "_expiry_time", None)
    if expiry is not None:
        return Life("", expiry)
    if key_id.startswith(_TEMPORARY):
        return Life("they are temporary, and do not say until when", known=False)
    return Life("they do not expire")


def _chain(session: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The profile in use and those its credentials come from, with their settings."""
    profiles = session.full_config.get("profiles", {})
    chain: list[tuple[str, Mapping[str, Any]]] = []
    name: str = session.get_config_variable("profile") or "default"
    while name in profiles and name not in dict(chain):
        chain.append((name, profiles[name]))
        name = profiles[name].get("source_profile", "")
    return chain


def _of_sso(session: Any, profiles: list[tuple[str, Mapping[str, Any]]], folder: str | None) -> Life | None:
    """The life of the token behind an SSO profile: role credentials renew themselves until it ends, and no longer."""
    for name, settings in profiles:
        named = settings.get("sso_session")
        url = session.full_config.get("sso_sessions", {}).get(named, settings).get("sso_start_url")
        if not url:
            continue
        renew = f"aws sso login --profile {name}"
        token = _kept_token(url, named, folder)
        if token is None:
            raise AccessExpiredError(f"The profile {name} has no SSO session.", f"Run `{renew}`.")
        if token.get("refreshToken"):
            return Life("they renew themselves until the SSO session ends", renew=renew)
        return Life("", _time(token["expiresAt"]), renew=renew)
    return None


def _kept_token(url: str, session_name: str | None, folder: str | None) -> Mapping[str, Any] | None:
    from botocore.exceptions import SSOTokenLoadError
    from botocore.tokens import SSOTokenProvider
    from botocore.utils import JSONFileCache, SSOTokenLoader

    kept = JSONFileCache(folder or SSOTokenProvider._SSO_TOKEN_CACHE_DIR)  # noqa: SLF001 - its one name for the place
    try:
        return SSOTokenLoader(cache=kept)(url, session_name=session_name)
    except SSOTokenLoadError:
        return None


def _time(text: str) -> dt.datetime | None:
    """A time as AWS's tools write it; None for what is none."""
    try:
        read = dt.datetime.fromisoformat(text.replace("UTC", "+00:00"))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)
