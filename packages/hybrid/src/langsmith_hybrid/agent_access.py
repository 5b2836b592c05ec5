"""Agent access: what agents' Pods may do in AWS, without a key that could leak."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam
from langsmith_hybrid.component import Component

# What agents' Pods run as, unless a deployment names another: the operator's template says nothing about it.
_SERVICE_ACCOUNT = "default"


@dataclasses.dataclass(frozen=True)
class AgentAccessArgs:
    """What the access is made from.

    Attributes:
        cluster_name: The cluster agents run in.
        namespaces: Their namespaces.
        bucket_arn: The bucket they may read and write.
    """

    cluster_name: pulumi.Input[str]
    namespaces: Sequence[str]
    bucket_arn: pulumi.Input[str]


class AgentAccess(Component):
    """One role, for the objects of one bucket, handed to agents' Pods by EKS Pod Identity."""

    def __init__(self, name: str, args: AgentAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(name, assume_role_policy=iam.assumed_by_pods(), opts=self.child())
        allowed = aws.iam.RolePolicy(
            name, role=role.name, policy=pulumi.Output.from_input(args.bucket_arn).apply(objects_of), opts=self.child()
        )
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


def objects_of(bucket_arn: str) -> str:
    """A policy that allows to list a bucket, and to read, write and delete its objects."""
    return iam.policy(
        [
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket_arn},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
                "Resource": f"{bucket_arn}/*",
            },
        ]
    )
