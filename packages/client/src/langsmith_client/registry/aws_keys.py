"""AWS access keys: from the environment, or through botocore from profiles, roles, SSO and everything else it knows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.errors import RegistryAccessError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class AwsKeys:
    """What signs a request; the session token belongs to temporary keys."""

    access_key_id: str
    secret_access_key: str = dataclasses.field(repr=False)
    session_token: str | None = dataclasses.field(default=None, repr=False)


def aws_keys(environ: Mapping[str, str]) -> AwsKeys | None:
    """The keys AWS's own tools would use, or None when there are none.

    Keys in the environment win, as they do there, and need nothing installed: that is how CI hands them over. For the
    rest of the chain (profiles, SSO, roles of a pod or an instance) botocore is loaded, if it is installed: the extra
    `ecr`.

    Raises:
        RegistryAccessError: A profile is configured and cannot be used.
    """
    if environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"):
        return AwsKeys(
            environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], environ.get("AWS_SESSION_TOKEN") or None
        )
    try:
        import botocore.exceptions
        import botocore.session
    except ImportError:
        return None
    try:
        found = botocore.session.Session().get_credentials()
        frozen = found.get_frozen_credentials() if found else None
    except botocore.exceptions.BotoCoreError as error:
        raise RegistryAccessError(
            f"AWS's credentials cannot be used ({type(error).__name__}: {error}).",
            "Log in again (`aws sso login`), or correct AWS_PROFILE.",
        ) from None
    return AwsKeys(frozen.access_key, frozen.secret_key, frozen.token) if frozen else None


def aws_region(environ: Mapping[str, str]) -> str | None:
    """The region of the environment, or None."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None
