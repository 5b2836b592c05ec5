"""AWS Signature Version 4 for one JSON request: all it takes to ask ECR for a login without AWS's libraries.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from langsmith_client.registry.aws_keys import AwsKeys

_ALGORITHM = "AWS4-HMAC-SHA256"


def signed_headers(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    keys: AwsKeys,
    region: str,
    service: str,
    now: dt.datetime,
) -> dict[str, str]:
    """`headers` of a POST to `url`, which has no query, with those that prove who sends it; `now` is in UTC."""
    address = urllib.parse.urlsplit(url)
    complete = {
        **{name.lower(): value for name, value in headers.items()},
        "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
    }
    if keys.session_token:
        complete["x-amz-security-token"] = keys.session_token
    signed = {**complete, "host": address.netloc}
    names = ";".join(sorted(signed))
    request = "\n".join(
        (
            "POST",
            address.path or "/",
            "",
            *(f"{name}:{signed[name].strip()}" for name in sorted(signed)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = (now.strftime("%Y%m%d"), region, service, "aws4_request")
    text = "\n".join(
        (_ALGORITHM, complete["x-amz-date"], "/".join(scope), hashlib.sha256(request.encode()).hexdigest())
    )
    key = f"AWS4{keys.secret_access_key}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{keys.access_key_id}/{'/'.join(scope)}"
    return {
        **complete,
        "authorization": f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}",
    }
