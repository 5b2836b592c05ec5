"""The sandbox's AWS account, for what people do there besides the stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def client(environ: Mapping[str, str], service: str) -> Any:
    """A boto3 client of ``service`` for whoever has this environment, whatever profiles this process has."""
    import boto3

    return boto3.client(
        service,
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        region_name=environ["AWS_REGION"],
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )
