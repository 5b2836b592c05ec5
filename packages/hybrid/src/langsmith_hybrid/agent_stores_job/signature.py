"""AWS Signature Version 4 for one JSON request. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html

The image agents are built from has no AWS SDK, and one call is no reason to build another image.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclasses.dataclass(frozen=True)
class Credentials:
    """Temporary credentials of a role."""

    access_key_id: str
    secret_access_key: str = dataclasses.field(repr=False)
    token: str = dataclasses.field(repr=False)


def signed_headers(
    headers: Mapping[str, str], body: bytes, credentials: Credentials, *, region: str, service: str, at: dt.datetime
) -> dict[str, str]:
    """The headers of ``POST /`` with the three that sign it.

    Args:
        headers: All headers that are to be signed, the host among them.
        body: The request's body.
        credentials: Who asks.
        region: Region of the service, by its name in ARNs, as ``service`` is.
        at: The time, in UTC; AWS accepts five minutes of difference.
    """
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "X-Amz-Date": stamp, "X-Amz-Security-Token": credentials.token}
    canonical = {name.lower(): value.strip() for name, value in sent.items()}
    names = ";".join(sorted(canonical))
    listed = "".join(f"{name}:{canonical[name]}\n" for name in sorted(canonical))
    request = "\n".join(("POST", "/", "", listed, names, _digest(body)))
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, stamp, scope, _digest(request.encode())))
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    proof = (
        f"Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, Signature={_mac(key, to_sign).hex()}"
    )
    return {**sent, "Authorization": f"{_ALGORITHM} {proof}"}


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
