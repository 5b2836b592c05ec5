"""The master user of the database: what RDS keeps of it in Secrets Manager, read anew each time.

RDS rotates that password, every seven days unless told otherwise: nothing but the secret itself knows the present one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from .errors import JobError
from .http_call import Answer, Transport, UnreachableError
from .request import PostgresServer
from .signature import Credentials, signed_headers

# Set by EKS in every Pod whose service account has a Pod Identity association.
_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - the name of a variable
# The official SDKs' own, for an endpoint that is not the region's public one.
_ENDPOINTS = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")
_SERVICE = "secretsmanager"


@dataclasses.dataclass(frozen=True)
class MasterUser:
    """Whoever may make roles and databases."""

    name: str
    password: str = dataclasses.field(repr=False)


def fetch(
    server: PostgresServer, environ: Mapping[str, str], call: Transport, now: Callable[[], dt.datetime]
) -> MasterUser:
    """The master user as it is now.

    Raises:
        JobError: The Pod has no role, or its role may not read the secret, or neither can be asked.
    """
    body = json.dumps({"SecretId": server.secret_arn}).encode()
    endpoint = next((environ[name] for name in _ENDPOINTS if environ.get(name)), _public(server))
    headers = signed_headers(
        {
            "Content-Type": "application/x-amz-json-1.1",
            "Host": endpoint.partition("://")[2].rstrip("/"),
            "X-Amz-Target": f"{_SERVICE}.GetSecretValue",
        },
        body,
        _role(environ, call),
        region=server.region,
        service=_SERVICE,
        at=now(),
    )
    answer = _ask(call, "Secrets Manager", "POST", f"{endpoint.rstrip('/')}/", headers, body)
    if answer.status != 200:
        raise JobError(
            f"Secrets Manager does not hand out the master password ({_code(answer)}).",
            "See that the role of this Job may read the secret, and that the secret exists.",
        )
    kept = json.loads(json.loads(answer.body)["SecretString"])
    return MasterUser(kept["username"], kept["password"])


def _role(environ: Mapping[str, str], call: Transport) -> Credentials:
    if not environ.get(_URI) or not environ.get(_TOKEN_FILE):
        raise JobError(
            "This Pod was given no AWS role.",
            "Its Pod Identity association may be seconds old: another try gets one. Else see that it exists.",
        )
    token = Path(environ[_TOKEN_FILE]).read_text().strip()
    answer = _ask(call, "the Pod Identity agent", "GET", environ[_URI], {"Authorization": token}, None)
    if answer.status != 200:
        raise JobError(
            f"The Pod Identity agent gives no credentials (status {answer.status}).",
            "See that the add-on eks-pod-identity-agent runs, and that the association's role trusts it.",
        )
    given = json.loads(answer.body)
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])


def _ask(call: Transport, who: str, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    try:
        return call(method, url, headers, body)
    except UnreachableError as problem:
        raise JobError(
            f"{who[0].upper()}{who[1:]} cannot be reached ({problem}).",
            "See that private subnets have a way out, or an interface endpoint of the service.",
        ) from None


def _code(answer: Answer) -> str:
    """AWS's name of the error; its message may quote the request."""
    try:
        return str(json.loads(answer.body)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status}"


def _public(server: PostgresServer) -> str:
    suffix = "amazonaws.com.cn" if server.region.startswith("cn-") else "amazonaws.com"
    return f"https://{_SERVICE}.{server.region}.{suffix}"
