"""Roles and policies of IAM, which the tagging API does not list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.errors import AwsError
from langsmith_hybrid.operations.orphans.found import RANDOM, Found, plain

# Who may assume the program's roles. Tags are asked for role by role: only of such, with a name that Pulumi made up.
_ASSUMED_BY = ("ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com")
_MADE_BY_PULUMI = re.compile(f".+{RANDOM}")


def roles(aws: Aws) -> Iterator[Found]:
    """Roles with a stack's tag, of whichever stack. Raises as `Aws.each`."""
    for role in aws.each("iam", "list_roles", "Roles"):
        if _MADE_BY_PULUMI.fullmatch(role["RoleName"]) and _for_us(role.get("AssumeRolePolicyDocument")):
            tags = _tags(aws, "list_role_tags", RoleName=role["RoleName"])
            if STACK_TAG in tags:
                yield Found("iam:role", role["RoleName"], role["Arn"], tags)


def policies(aws: Aws) -> Iterator[Found]:
    """Customer managed policies with a stack's tag: the program makes none today. Raises as `Aws.each`."""
    for policy in aws.each("iam", "list_policies", "Policies", Scope="Local"):
        if _MADE_BY_PULUMI.fullmatch(policy["PolicyName"]):
            tags = _tags(aws, "list_policy_tags", PolicyArn=policy["Arn"])
            if STACK_TAG in tags:
                yield Found("iam:policy", policy["PolicyName"], policy["Arn"], tags)


def _tags(aws: Aws, operation: str, **which: str) -> dict[str, str]:
    try:
        return plain(list(aws.each("iam", operation, "Tags", **which)))
    except AwsError as error:
        if error.code == "NoSuchEntity":  # deleted since it was listed
            return {}
        raise


def _for_us(trust: Any) -> bool:
    """Whether a trust policy lets in any of those; botocore hands the document over as a mapping."""
    text = trust if isinstance(trust, str) else json.dumps(trust)
    return any(f'"{service}"' in text for service in _ASSUMED_BY)
