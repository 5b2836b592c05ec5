"""Asking Amazon ECR's own API, signed here: the little of it that this client needs, without AWS's libraries.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from langsmith_client.errors import RegistryError
from langsmith_client.registry.aws_keys import aws_keys, aws_region
from langsmith_client.registry.sigv4 import signed_headers
from langsmith_control_plane.tls import trust
from langsmith_control_plane.wire import NO_ANSWER

SERVICE = "ecr.amazonaws.com"
"""ECR's name for itself in its challenge."""
# <account>.dkr.ecr.<region>.amazonaws.com, its FIPS and China forms, the dual-stack <account>.dkr-ecr.<region>.on.aws
# (https://docs.aws.amazon.com/general/latest/gr/ecr.html).
_HOST = re.compile(
    r"\d{12}\.dkr[.-]ecr(?P<fips>-fips)?\.(?P<region>[a-z0-9-]+)\.(?P<suffix>amazonaws\.com(\.cn)?|on\.aws)"
)
_OPERATIONS = "AmazonEC2ContainerRegistry_V20150921"
_TIMEOUT = 30.0  # seconds


def is_ecr(host: str) -> bool:
    """Whether a registry's address is one that only ECR has."""
    return bool(_HOST.fullmatch(host))


@dataclasses.dataclass(frozen=True)
class EcrApi:
    """ECR in the regions of registries.

    Attributes:
        environ: AWS's official variables: keys, region, AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL.
        transport: Replaces the network, for tests.
        now: The time in UTC; AWS refuses signatures more than minutes off.
    """

    environ: Mapping[str, str] = dataclasses.field(repr=False)
    transport: httpx2.BaseTransport | None = None
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)

    def call(self, host: str, operation: str, body: Mapping[str, Any], *, service: str = "") -> httpx2.Response | None:
        """The answer to an operation about the registry `host`, whatever its status.

        None when there are no AWS keys, or the host is no ECR registry: neither by its address nor, in its challenge,
        by its `service`.

        Raises:
            RegistryError: AWS cannot be reached.
        """
        match = _HOST.fullmatch(host)
        region = match["region"] if match else aws_region(self.environ)
        if region is None or (match is None and service != SERVICE):
            return None
        keys = aws_keys(self.environ)
        if keys is None:
            return None
        chosen = self.environ.get("AWS_ENDPOINT_URL_ECR") or self.environ.get("AWS_ENDPOINT_URL")
        endpoint = (chosen.rstrip("/") if chosen else _endpoint(region, match)) + "/"
        content = json.dumps(body).encode()
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{_OPERATIONS}.{operation}"}
        signed = signed_headers(endpoint, headers, content, keys=keys, region=region, service="ecr", now=self.now())
        try:
            with httpx2.Client(transport=self.transport, timeout=_TIMEOUT, verify=trust()) as http:
                return http.post(endpoint, headers=signed, content=content)
        except NO_ANSWER as error:
            raise RegistryError(
                f"ECR cannot be asked at {endpoint} ({type(error).__name__}).", "Check the network."
            ) from None

    def immutable_tags(self, host: str, repository: str) -> bool | None:
        """Whether a tag that exists can be pushed again; None where that cannot be known from here.

        Raises:
            RegistryError: AWS cannot be reached.
        """
        answer = self.call(host, "DescribeRepositories", {"repositoryNames": [repository]})
        if answer is None or answer.status_code != 200:
            return None
        try:
            return answer.json()["repositories"][0]["imageTagMutability"].startswith("IMMUTABLE")
        except (ValueError, LookupError, TypeError, AttributeError):
            return None


def _endpoint(region: str, match: re.Match[str] | None) -> str:
    if match is None:
        return f"https://api.ecr.{region}.amazonaws.com"
    if match["suffix"] == "on.aws":
        return f"https://ecr{match['fips'] or ''}.{region}.api.aws"
    if match["fips"]:
        return f"https://ecr-fips.{region}.{match['suffix']}"
    return f"https://api.ecr.{region}.{match['suffix']}"
