"""IAM documents: who may assume a role, and roles made from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws


def assumed_by_service(service: str) -> str:
    """A trust policy for an AWS service such as ``eks.amazonaws.com``."""
    return _trust(service, ["sts:AssumeRole"])


def assumed_by_pods() -> str:
    """A trust policy for EKS Pod Identity; which Pods may use the role is said by its association."""
    return _trust("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"])


def _trust(service: str, actions: Sequence[str]) -> str:
    return policy([{"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions)}])


def policy(statements: Sequence[Mapping[str, Any]]) -> str:
    """A policy document as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def managed_policy_arn(partition: str, name: str) -> str:
    """ARN of an AWS managed policy, such as ``AmazonEKSClusterPolicy``."""
    return f"arn:{partition}:iam::aws:policy/{name}"


def role_with(
    name: str, *, trust: str, managed_policies: Sequence[str], opts: pulumi.ResourceOptions
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """A role and the attachments of its managed policies (ARNs): wait for all of them before using the role."""
    role = aws.iam.Role(name, assume_role_policy=trust, opts=opts)
    attachments: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(f"{name}-{arn.rsplit('/', 1)[-1]}", role=role.name, policy_arn=arn, opts=opts)
        for arn in managed_policies
    ]
    return role, attachments
