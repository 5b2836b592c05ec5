"""Which resource types the stand-in knows, and where their table entries are."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

from langsmith_sandbox.providers.plugin import ProviderError

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.resource import Resource

MODULES = {
    "acm": "acm",
    "cloudwatch": "logs",
    "ec2": "ec2",
    "ecr": "ecr",
    "eks": "eks",
    "elasticache": "elasticache",
    "iam": "iam",
    "kms": "kms",
    "rds": "rds",
    "route53": "route53",
    "s3": "s3",
    "vpc": "security_groups",
}
"""Module of the tables by the middle part of a token."""


@functools.cache
def resource_of(token: str) -> Resource:
    """The table entry of a type.

    Raises:
        ProviderError: When there is none.
    """
    module = MODULES.get(token.split(":")[1].partition("/")[0])
    entry = _entries(module).get(token) if module else None
    if entry is None:
        raise ProviderError(f"The sandbox's AWS provider has no {token}.", "Leave it out, or use an AWS account.")
    return entry


def all_resources() -> tuple[Resource, ...]:
    """Every entry, in the order of their tokens."""
    entries = {token: entry for module in set(MODULES.values()) for token, entry in _entries(module).items()}
    return tuple(entries[token] for token in sorted(entries))


@functools.cache
def _entries(module: str) -> dict[str, Resource]:
    home = importlib.import_module(f"langsmith_sandbox.providers.aws.services.{module}")
    return {entry.type: entry for entry in home.RESOURCES}
