"""Signature Version 4, checked: a caller is who the key says only if the secret signed the request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import calendar
import dataclasses
import hashlib
import hmac
import time
import urllib.parse
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import EnvironHeaders
from werkzeug.wrappers import Response

from langsmith_sandbox.aws import wire
from langsmith_sandbox.aws.call import Call

_ALGORITHM = "AWS4-HMAC-SHA256"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclasses.dataclass(frozen=True)
class _Signed:
    scope: str
    date: str
    headers: tuple[str, ...]
    signature: str
    expires_after: int | None = None


def refusal(call: Call, environ: Mapping[str, Any], body: bytes, secret: str, now: float) -> Response | None:
    """The answer AWS gives to a wrong or outlived signature; None when it is right.

    Args:
        now: Seconds since the epoch on the caller's clock; ends the life of presigned requests.
    """
    signed = _presigned(environ) if call.presigned else _from_header(environ.get("HTTP_AUTHORIZATION", ""), environ)
    if signed is None or not hmac.compare_digest(_signature(call, environ, body, secret, signed), signed.signature):
        return _mismatch(call, _MISMATCH)
    if signed.expires_after is not None and now > _instant(signed.date) + signed.expires_after:
        if call.service == "s3":
            return wire.error(call.protocol, 403, "AccessDenied", "Request has expired")
        return _mismatch(call, f"Signature expired: {signed.date} is earlier than the request's life allows")
    return None


def _mismatch(call: Call, message: str) -> Response:
    code = {"json": "InvalidSignatureException", "rest-json": "InvalidSignatureException", "ec2": "AuthFailure"}
    return wire.error(call.protocol, 403, code.get(call.protocol, "SignatureDoesNotMatch"), message)


def _presigned(environ: Mapping[str, Any]) -> _Signed | None:
    query = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    try:
        return _Signed(
            scope=query["X-Amz-Credential"].partition("/")[2],
            date=query["X-Amz-Date"],
            headers=tuple(query["X-Amz-SignedHeaders"].split(";")),
            signature=query["X-Amz-Signature"],
            expires_after=int(query["X-Amz-Expires"]),
        )
    except (KeyError, ValueError):
        return None


def _from_header(authorization: str, environ: Mapping[str, Any]) -> _Signed | None:
    algorithm, _, rest = authorization.partition(" ")
    fields = {name: value for name, _, value in (part.strip().partition("=") for part in rest.split(","))}
    try:
        return _Signed(
            scope=fields["Credential"].partition("/")[2],
            date=environ["HTTP_X_AMZ_DATE"],
            headers=tuple(fields["SignedHeaders"].split(";")),
            signature=fields["Signature"] if algorithm == _ALGORITHM else "",
        )
    except KeyError:
        return None


def _signature(call: Call, environ: Mapping[str, Any], body: bytes, secret: str, signed: _Signed) -> str:
    request = hashlib.sha256(_canonical_request(call, environ, body, signed).encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in signed.scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join((_ALGORITHM, signed.date, signed.scope, request))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _canonical_request(call: Call, environ: Mapping[str, Any], body: bytes, signed: _Signed) -> str:
    headers = EnvironHeaders(dict(environ))
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed.headers)
    return "\n".join((
        environ["REQUEST_METHOD"],
        _canonical_path(call, environ),
        _canonical_query(environ.get("QUERY_STRING", "")),
        lines,
        ";".join(signed.headers),
        _payload_hash(call, environ, body),
    ))  # fmt: skip


def _canonical_path(call: Call, environ: Mapping[str, Any]) -> str:
    """The path as sent, encoded once more: every service but S3 signs it so."""
    raw = environ.get("RAW_URI") or urllib.parse.quote(environ.get("PATH_INFO", "/"), safe="/~")
    path = urllib.parse.urlsplit(raw).path if "://" in raw else raw.partition("?")[0]
    path = path or "/"
    return path if call.service == "s3" else urllib.parse.quote(path, safe="/~")


def _canonical_query(query: str) -> str:
    pairs = sorted((name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part))
    return "&".join(f"{name}={value}" for name, value in pairs if name != "X-Amz-Signature")


def _payload_hash(call: Call, environ: Mapping[str, Any], body: bytes) -> str:
    if declared := environ.get("HTTP_X_AMZ_CONTENT_SHA256"):
        return str(declared)
    if call.presigned and call.service == "s3":
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(body).hexdigest()


def _instant(date: str) -> float:
    return float(calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")))
