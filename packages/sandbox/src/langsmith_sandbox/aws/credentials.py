"""Who may call: the operator's key, and the keys and sessions this emulator itself has issued."""

from __future__ import annotations

import calendar
import dataclasses

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import AccessKey, IAMBackend, iam_backends
from moto.sts.models import sts_backends
from werkzeug.wrappers import Response

from langsmith_sandbox.aws import wire
from langsmith_sandbox.aws.call import Call
from langsmith_sandbox.aws.clock import Clock

ACCOUNT_ID = DEFAULT_ACCOUNT_ID
PARTITION = "aws"
OPERATOR_USER = "operator"
_OPERATOR_ID = "AIDASANDBOXOPERATOR00"

_INVALID = {
    "ec2": (401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
    "query": (403, "InvalidClientTokenId", "The security token included in the request is invalid."),
    "json": (400, "UnrecognizedClientException", "The security token included in the request is invalid."),
    "rest-json": (403, "UnrecognizedClientException", "The security token included in the request is invalid."),
    "rest-xml": (403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
}
_EXPIRED = {
    "ec2": (400, "RequestExpired", "Request has expired."),
    "query": (403, "ExpiredToken", "The security token included in the request is expired"),
    "json": (400, "ExpiredTokenException", "The security token included in the request is expired"),
    "rest-json": (403, "ExpiredTokenException", "The security token included in the request is expired"),
    "rest-xml": (400, "ExpiredToken", "The provided token has expired."),
}
_UNSIGNED = {
    "query": (403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
    "rest-xml": (403, "AccessDenied", "Access Denied"),
}


@dataclasses.dataclass(frozen=True)
class OperatorKey:
    """The access key of the IAM user who operates the sandbox."""

    access_key_id: str
    secret_access_key: str = dataclasses.field(repr=False)


def seed_operator(key: OperatorKey) -> None:
    """Creates the operator's IAM user and key, as the account's owner would have before the first command.

    The user may do everything; what sessions of roles may do, their policies say (:mod:`.permissions`).
    """
    iam = _iam(ACCOUNT_ID)
    if OPERATOR_USER in iam.users:
        return
    iam.create_user("us-east-1", OPERATOR_USER).id = _OPERATOR_ID
    access_key = iam.create_access_key(OPERATOR_USER)
    iam.access_keys.pop(access_key.access_key_id, None)
    access_key.access_key_id = key.access_key_id
    access_key.secret_access_key = key.secret_access_key
    iam.access_keys[key.access_key_id] = access_key


def secret_of(access_key: str) -> str | None:
    """The secret that signs for ``access_key``; None when the emulator never issued it."""
    found = _find(access_key)
    return None if found is None else str(found.secret_access_key)


def role_of(access_key: str) -> str | None:
    """ARN of the role a session's key belongs to; None for a user's key."""
    return getattr(_find(access_key), "role_arn", None)


def refusal(call: Call, clock: Clock) -> Response | None:
    """The answer AWS gives to credentials it does not accept; None when they are good."""
    if not call.access_key:
        return wire.error(call.protocol, *_UNSIGNED.get(call.protocol, _UNSIGNED["query"]))
    if _find(call.access_key) is None:
        return wire.error(call.protocol, *_INVALID[call.protocol])
    ends = _session_end(call.access_key)
    if ends is not None and clock.now() >= ends:
        return wire.error(call.protocol, *_EXPIRED[call.protocol])
    return None


def _find(access_key: str) -> AccessKey | None:
    for account in list(iam_backends.values()):
        found = account[PARTITION].access_keys.get(access_key)
        if found is not None and getattr(found, "status", "Active") == "Active":
            return found
    return None


def _session_end(access_key: str) -> float | None:
    """When an assumed-role session ends, in seconds since the epoch; None for a user's key."""
    for account in list(sts_backends.values()):
        role = account[PARTITION].get_assumed_role_from_access_key(access_key)
        if role is not None:
            return float(calendar.timegm(role.expiration.timetuple()))
    return None


def _iam(account_id: str) -> IAMBackend:
    return iam_backends[account_id][PARTITION]
