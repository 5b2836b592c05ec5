"""Encryption key: one KMS key of the customer's own, with which everything that keeps data is encrypted.

It has no alias. An alias would be a name of our choosing, and a key that waits for its deletion keeps it: the next
stack of that name could not be made. Whoever looks for the key finds it by the stack's tags.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam
from langsmith_hybrid.component import Component
from langsmith_hybrid.errors import ConfigError, Problem

KeyArn = pulumi.Output[str] | None
"""The customer's key, or None for keys of AWS's own."""

# The longest and the shortest time KMS keeps a key that is to be deleted, in days.
_LONG_WINDOW, _SHORT_WINDOW = 30, 7
_NODE_STARTER = "AWSServiceRoleForAutoScaling"
# What a service does with a key on behalf of whoever may use the data.
USES = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


@dataclasses.dataclass(frozen=True)
class EncryptionKeyArgs:
    """What the key is made from.

    Attributes:
        partition: AWS partition, ``region`` and ``account_id`` of the stack.
        cluster_prefix: Prefix of the cluster's name: only its log groups may be encrypted with the key.
        node_starter: ARN of the role by which Auto Scaling starts instances with encrypted disks.
        flow_logs: Whether AWS's log delivery writes to a bucket that is encrypted with the key.
        deletion_protection: Whether a deleted key can be brought back for as long as KMS allows; what it encrypted is
            lost afterwards.
    """

    partition: str
    region: str
    account_id: str
    cluster_prefix: str
    node_starter: str
    flow_logs: bool
    deletion_protection: bool


class EncryptionKey(Component):
    """The key, its material replaced every year by KMS.

    Attributes:
        arn: Its ARN.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        key = aws.kms.Key(
            name,
            description="LangSmith Hybrid: data at rest",
            enable_key_rotation=True,
            deletion_window_in_days=_LONG_WINDOW if args.deletion_protection else _SHORT_WINDOW,
            policy=iam.policy(key_policy(args)),
            opts=self.child(),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def key_policy(args: EncryptionKeyArgs) -> Sequence[Mapping[str, Any]]:
    """Who may use the key: whoever IAM lets in this account, and the services that act on nobody's behalf.

    RDS, ElastiCache, S3, ECR, EKS and Secrets Manager use it with the rights of who asks them, so IAM decides for them.
    """
    mine = f"{args.region}:{args.account_id}"
    log_groups = f"arn:{args.partition}:logs:{mine}:log-group:/aws/eks/{args.cluster_prefix}-*"
    root = f"arn:{args.partition}:iam::{args.account_id}:root"
    starter = {"AWS": args.node_starter}
    statements = [
        _statement("IamDecides", {"AWS": root}, ["kms:*"]),
        _statement(
            "ControlPlaneLogs",
            {"Service": f"logs.{args.region}.amazonaws.com"},
            USES,
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        ),
        _statement("NodeDisks", starter, USES),
        _statement("NodeDisksInUse", starter, ["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]
    if args.flow_logs:
        source = {
            "StringEquals": {"aws:SourceAccount": args.account_id},
            "ArnLike": {"aws:SourceArn": f"arn:{args.partition}:logs:{mine}:*"},
        }
        statements.append(_statement("FlowLogs", {"Service": "delivery.logs.amazonaws.com"}, USES, source))
    return statements


def used_through(
    key_arn: pulumi.Input[str], service: str, region: str, actions: Sequence[str]
) -> pulumi.Output[Mapping[str, Any]]:
    """A statement of a role's policy: it may use the key where ``service``, such as ``s3``, asks on its behalf."""
    only = {"StringEquals": {"kms:ViaService": f"{service}.{region}.amazonaws.com"}}
    return pulumi.Output.from_input(key_arn).apply(
        lambda arn: {"Effect": "Allow", "Action": list(actions), "Resource": arn, "Condition": only}
    )


def node_starter(asking: pulumi.InvokeOptions) -> str:
    """ARN of the role by which Auto Scaling starts instances; a key's policy can only name roles that exist.

    Raises:
        ConfigError: The account has none yet: nobody has ever used Auto Scaling in it.
    """
    try:
        return aws.iam.get_role(name=_NODE_STARTER, opts=asking).arn
    except Exception:  # noqa: BLE001 - an invoke raises nothing more particular
        what = f"this account has no role {_NODE_STARTER}, which starts nodes with encrypted disks."
        remedy = "Run `aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com` once."
        raise ConfigError([Problem("customerManagedKey", what, remedy)]) from None


def _statement(
    sid: str, principal: Mapping[str, str], actions: Sequence[str], condition: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    # In a key's policy the resource is always the key the policy is on.
    said = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*"}
    return {**said, "Condition": condition} if condition else said
