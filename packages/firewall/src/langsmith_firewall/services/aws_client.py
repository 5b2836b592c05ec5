"""boto3 clients for one operation: credentials from AWS's own chain, bounded in time and tries."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator, Mapping
from typing import Any

from langsmith_firewall.errors import (
    ChangedMeanwhileError,
    CredentialsError,
    MissingExtraError,
    ServiceError,
    TargetGoneError,
)
from langsmith_firewall.target import TargetField

REGION = TargetField(r"[a-z]{2}(-[a-z]+)+-\d", "us-east-1", "")

_TIMEOUT_SECONDS = 30
_TRIES = 5

# The last of them is what WAF says of something made a moment ago.
_CHANGED = frozenset({
    "WAFOptimisticLockException", "PrefixListVersionMismatch", "IncorrectState", "WAFUnavailableEntityException",
})  # fmt: skip
_GONE = frozenset({"WAFNonexistentItemException", "InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"})
_DENIED = frozenset({
    "AccessDenied", "AccessDeniedException", "AuthFailure", "ExpiredToken", "ExpiredTokenException",
    "InvalidClientTokenId", "SignatureDoesNotMatch", "UnauthorizedOperation", "UnrecognizedClientException",
})  # fmt: skip


@contextlib.contextmanager
def aws_client(service: str, target: Mapping[str, str]) -> Iterator[Any]:
    """A client of a service, in the target's region or else the environment's.

    Raises:
        MissingExtraError: boto3 is not installed.
        CredentialsError: There are no credentials, or AWS refuses them.
    """
    try:
        import boto3
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ModuleNotFoundError:
        raise MissingExtraError("boto3", "aws") from None
    config = Config(
        connect_timeout=_TIMEOUT_SECONDS,
        read_timeout=_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _TRIES},
    )
    # boto3 alone does not read AWS_REGION, which AWS's other tools do.
    region = target.get("region") or os.environ.get("AWS_REGION") or None
    try:
        # Not the default session, which keeps the first keys it saw and is not safe to share between threads.
        session = botocore.session.get_session()
        session.register_component("data_loader", _descriptions())
        client = boto3.Session(botocore_session=session).client(service, region_name=region, config=config)
    except BotoCoreError as error:
        told = f"No client for {service} can be made: {str(error).rstrip('.')}."
        raise CredentialsError(f"{told} Set AWS_REGION or the region.") from None
    with contextlib.closing(client):
        yield client


@functools.cache
def _descriptions() -> Any:
    """AWS's descriptions of its services, read once: that of EC2 costs more than all that is asked of it."""
    from botocore.loaders import create_loader

    return create_loader()


@contextlib.contextmanager
def aws_errors(what: str) -> Iterator[None]:
    """AWS's errors as the package's.

    Args:
        what: The list, for people.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        answer = error.response.get("Error", {})
        code, message = answer.get("Code", ""), answer.get("Message", "")
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        told = f"AWS refuses {error.operation_name} on {what}: {code}: {message.rstrip('.')}."
        if code in _CHANGED:
            raise ChangedMeanwhileError(f"{told} It is being changed; run this again later.", status) from None
        if code in _GONE:
            raise TargetGoneError(f"{told} Create it first, or correct its name.", status) from None
        if code in _DENIED:
            raise CredentialsError(f"{told} Sign in as somebody who may do this.") from None
        raise ServiceError(f"{told} Correct what it names, then run this again.", status) from None
    except BotoCoreError as error:
        raise ServiceError(
            f"AWS cannot be asked about {what}: {str(error).rstrip('.')}. Check credentials and network."
        ) from None
