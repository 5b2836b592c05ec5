"""Agent access: what agents' Pods may do in AWS, without a key that could leak."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam
from langsmith_hybrid.component import Component
from langsmith_hybrid.encryption_key import used_through

# What agents' Pods run as, unless a deployment names another: the operator's template says nothing about it.
_SERVICE_ACCOUNT = "default"


@dataclasses.dataclass(frozen=True)
class AgentAccessArgs:
    """What the access is made from.

    Attributes:
        cluster_name: The cluster agents run in.
        namespaces: Their namespaces.
        bucket_arn: The bucket they may read and write, in ``region``.
        key_arn: KMS key of the bucket's objects; None for S3's own, which needs no permission.
    """

    cluster_name: pulumi.Input[str]
    namespaces: Sequence[str]
    bucket_arn: pulumi.Input[str]
    region: str
    key_arn: pulumi.Input[str] | None


class AgentAccess(Component):
    """One role, for the objects of one bucket, handed to agents' Pods by EKS Pod Identity."""

    def __init__(self, name: str, args: AgentAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(name, assume_role_policy=iam.assumed_by_pods(), opts=self.child())
        allowed = aws.iam.RolePolicy(name, role=role.name, policy=_policy(args), opts=self.child())
        for namespace in args.namespaces:
            aws.eks.PodIdentityAssociation(
                f"{name}-{namespace}",
                cluster_name=args.cluster_name,
                namespace=namespace,
                service_account=_SERVICE_ACCOUNT,
                role_arn=role.arn,
                opts=self.child(depends_on=[allowed]),
            )
        self.register_outputs({})


def _policy(args: AgentAccessArgs) -> pulumi.Output[str]:
    statements = pulumi.Output.from_input(args.bucket_arn).apply(objects_of)
    if args.key_arn is None:
        return statements.apply(iam.policy)
    seals = used_through(args.key_arn, "s3", args.region, ["kms:Decrypt", "kms:GenerateDataKey"])
    return pulumi.Output.all(statements, seals).apply(lambda known: iam.policy([*known[0], known[1]]))


def objects_of(bucket_arn: str) -> list[Mapping[str, Any]]:
    """Statements that allow to list a bucket, and to read, write and delete its objects."""
    return [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket_arn},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            "Resource": f"{bucket_arn}/*",
        },
    ]
