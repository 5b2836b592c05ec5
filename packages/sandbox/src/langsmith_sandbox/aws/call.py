"""One AWS request, recognised: which service, region and operation, asked for with whose key."""

from __future__ import annotations

import dataclasses
import io
import urllib.parse
from collections.abc import Mapping
from typing import Any

from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

_AUTHORIZATION = "HTTP_AUTHORIZATION"
_READING_PREFIXES = (
    "Describe",
    "Get",
    "List",
    "Head",
    "Lookup",
    "Search",
    "BatchGet",
    "BatchCheck",
    "Decode",
    "Validate",
)
_DEFAULT_REGION = "us-east-1"

# The name a request is signed for, where moto and botocore call the service otherwise.
_BY_SIGNING_NAME = {
    "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "elasticloadbalancing": "elbv2",
}

SERVICES = frozenset({
    "acm", "autoscaling", "ec2", "ecr", "eks", "elasticache", "elbv2", "iam", "kms", "logs", "rds",
    "resourcegroupstaggingapi", "route53", "s3", "secretsmanager", "service-quotas", "ssm", "sts", "wafv2",
})  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Call:
    """What an AWS request says of itself before anybody believes it.

    Attributes:
        service: moto's name of the service.
        region: The region of the credential scope; the emulated region.
        access_key: The key id it claims to be signed with; empty when it is not signed.
        operation: The API's own name of the operation; None when the service has no such operation.
        protocol: The protocol of requests and errors: ec2, query, json, rest-json or rest-xml.
        presigned: The signature is in the query string.
        session_token: The token that comes with temporary credentials, if any.
    """

    service: str
    region: str
    access_key: str
    operation: str | None
    protocol: str
    presigned: bool = False
    session_token: str | None = dataclasses.field(default=None, repr=False)

    @property
    def mutates(self) -> bool:
        """Whether it may change state, so that the journal must keep it."""
        return self.operation is not None and not self.operation.startswith(_READING_PREFIXES)


def recognise(environ: dict[str, Any]) -> Call:
    """Reads service, region, key and operation from a request.

    A presigned request is given the ``Authorization`` header that moto routes by: without one moto takes every
    request for S3's, and answers the presigned GetCallerIdentity of ``aws eks get-token`` with a list of buckets.
    """
    query = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    header = environ.get(_AUTHORIZATION, "")
    presigned = not header and "X-Amz-Credential" in query
    scope = _scope(query["X-Amz-Credential"][0] if presigned else _credential(header))
    if scope is None:
        return Call("s3", _DEFAULT_REGION, "", None, "rest-xml")
    access_key, region, signed_for = scope
    service = _BY_SIGNING_NAME.get(signed_for, signed_for)
    if presigned and service != "s3":
        environ[_AUTHORIZATION] = (
            f"AWS4-HMAC-SHA256 Credential={query['X-Amz-Credential'][0]}, SignedHeaders=host, Signature=query"
        )
    if service not in SERVICES:
        return Call(service, region, access_key, None, "rest-json", presigned)
    token = (
        query["X-Amz-Security-Token"][0]
        if "X-Amz-Security-Token" in query
        else environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    )
    return Call(service, region, access_key, _operation(service, environ), _protocol(service), presigned, token)


def read_body(environ: dict[str, Any]) -> bytes:
    """The whole body, put back into ``environ`` so that it can be read again.

    A chunked body gets a content length, which moto insists on.
    """
    length = environ.get("CONTENT_LENGTH")
    stream = environ["wsgi.input"]
    if length:
        body = stream.read(int(length))
    elif environ.get("wsgi.input_terminated"):
        body = stream.read()
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    else:
        body = b""
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _credential(authorization: str) -> str:
    for part in authorization.replace(",", " ").split():
        if part.startswith("Credential="):
            return part.removeprefix("Credential=")
    return ""


def _scope(credential: str) -> tuple[str, str, str] | None:
    """Key id, region and signing name of ``KEY/DATE/REGION/SERVICE/aws4_request``."""
    parts = credential.split("/")
    if len(parts) != 5:
        return None
    return parts[0], parts[2], parts[3].lower()


def _protocol(service: str) -> str:
    return str(get_service_model(service).metadata["protocol"])


def _operation(service: str, environ: Mapping[str, Any]) -> str | None:
    copied = dict(environ)
    body = environ["wsgi.input"].getvalue()
    copied["wsgi.input"] = io.BytesIO(body)
    try:
        operation, _ = get_service_router(service).match(Request(copied))
    except (HTTPException, NotImplementedError):
        return None
    return str(operation.name)
