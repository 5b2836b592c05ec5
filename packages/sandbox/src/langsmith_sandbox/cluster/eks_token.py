"""The bearer tokens of EKS: ``k8s-aws-v1.`` and a presigned STS GetCallerIdentity URL, base64.

Checks and limits are those of the public aws-iam-authenticator (``pkg/token``), which EKS runs in front of its API
servers.
"""

from __future__ import annotations

import base64
import binascii
import calendar
import dataclasses
import time
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import httpx2

from langsmith_sandbox.cluster.errors import ClusterError

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
LONGEST_TOKEN = 4096
# STS takes a presigned GetCallerIdentity for this long, whatever X-Amz-Expires says.
LIFETIME_SECONDS = 15 * 60
# A client's clock may be ahead by this much.
SKEW_SECONDS = 5 * 60
STS_TIMEOUT_SECONDS = 10.0
KNOWN_PARAMETERS = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
        "x-amz-user-agent",
    }
)
_STS = "{https://sts.amazonaws.com/doc/2011-06-15/}"


class TokenError(ClusterError):
    """A token that is not accepted; never quotes it."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The token is not accepted: {reason}.", "Get a fresh one with `aws eks get-token --cluster-name NAME`."
        )
        self.reason = reason


@dataclasses.dataclass(frozen=True)
class PresignedCall:
    """What a well-formed token holds.

    Attributes:
        url: The presigned URL. As good as a password, so it is never shown.
        access_key: The access key id that signed it.
        expires_at: Seconds since the epoch.
    """

    url: str = dataclasses.field(repr=False)
    access_key: str
    expires_at: float


@dataclasses.dataclass(frozen=True)
class Caller:
    """Who signed, according to STS.

    Attributes:
        arn: Of the IAM user, or of the session of an assumed role.
        account: Twelve digits.
        user_id: STS's ``UserId``.
    """

    arn: str
    account: str
    user_id: str

    @property
    def session_name(self) -> str:
        """The session of an assumed role; empty for a user."""
        return self.arn.rsplit("/", 1)[1] if ":assumed-role/" in self.arn else ""


def read_token(token: str, *, aws_url: str, now: float) -> PresignedCall:
    """Check a token's form.

    Args:
        token: What the client sent.
        aws_url: The one STS this cluster trusts, ``http://host:port``.
        now: Seconds since the epoch.

    Raises:
        TokenError: It is malformed, meant for something else, or too old.
    """
    if len(token) > LONGEST_TOKEN:
        raise TokenError("token is too large")
    if not token.startswith(PREFIX):
        raise TokenError(f"token is missing expected {PREFIX!r} prefix")
    encoded = token.removeprefix(PREFIX)
    try:
        url = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode()
        parts = urlsplit(url)
    except (binascii.Error, ValueError) as problem:
        raise TokenError("the part after the prefix is not the base64 of a URL") from problem
    trusted = urlsplit(aws_url)
    if (parts.scheme, parts.netloc) != (trusted.scheme, trusted.netloc):
        raise TokenError(f"unexpected hostname {parts.netloc!r} in pre-signed URL")
    if parts.path not in {"", "/"}:
        raise TokenError("unexpected path in pre-signed URL")
    return _checked(url, _parameters(parts.query), now)


def ask_sts(call: PresignedCall, cluster: str, http: httpx2.Client) -> Caller:
    """Make the presigned call. The cluster's name is a signed header: a token for another cluster does not verify.

    Raises:
        TokenError: STS does not accept it, or cannot be asked.
    """
    headers = {CLUSTER_HEADER: cluster, "Accept": "application/xml"}
    try:
        answer = http.get(call.url, headers=headers, timeout=STS_TIMEOUT_SECONDS)
    except httpx2.HTTPError as problem:
        # The exception may quote the URL, so neither its text nor the exception goes further.
        raise TokenError(f"STS cannot be asked ({type(problem).__name__})") from None
    if not answer.is_success:
        raise TokenError(f"error from AWS (expected 200, got {answer.status_code})")
    try:
        result = ET.fromstring(answer.text).find(f"{_STS}GetCallerIdentityResult")  # noqa: S314 - our own emulator
        if result is None:
            raise TokenError("STS gave no GetCallerIdentityResult")
        arn, account, user_id = (result.findtext(f"{_STS}{name}") or "" for name in ("Arn", "Account", "UserId"))
    except ET.ParseError as problem:
        raise TokenError("STS gave no XML") from problem
    return Caller(arn, account, user_id)


def _parameters(query: str) -> dict[str, str]:
    parameters = {}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        lowered = name.lower()
        if lowered not in KNOWN_PARAMETERS:
            raise TokenError(f"non-whitelisted query parameter {name!r}")
        if len(values) != 1 or lowered in parameters:
            raise TokenError(f"query parameter {name!r} is there more than once")
        parameters[lowered] = values[0]
    return parameters


def _checked(url: str, parameters: dict[str, str], now: float) -> PresignedCall:
    if parameters.get("action") != "GetCallerIdentity":
        raise TokenError("unexpected action parameter in pre-signed URL")
    if CLUSTER_HEADER not in parameters.get("x-amz-signedheaders", "").lower().split(";"):
        raise TokenError(f"client did not sign the {CLUSTER_HEADER} header in the pre-signed URL")
    expires = parameters.get("x-amz-expires", "")
    if not expires.isdigit() or not 0 <= int(expires) <= LIFETIME_SECONDS:
        raise TokenError("invalid X-Amz-Expires parameter in pre-signed URL")
    try:
        signed_at = calendar.timegm(time.strptime(parameters.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ"))
    except ValueError as problem:
        raise TokenError("error parsing X-Amz-Date parameter") from problem
    if not signed_at - SKEW_SECONDS <= now <= signed_at + LIFETIME_SECONDS:
        raise TokenError(f"X-Amz-Date parameter is expired ({LIFETIME_SECONDS // 60} minute expiration)")
    access_key = parameters.get("x-amz-credential", "").partition("/")[0]
    return PresignedCall(url, access_key, signed_at + LIFETIME_SECONDS)
