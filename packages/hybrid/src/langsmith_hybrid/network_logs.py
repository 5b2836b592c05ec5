"""Network logs: every connection in the VPC, written to a bucket that only AWS's log delivery may write to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import Component
from langsmith_hybrid.private_bucket import private_bucket, tidied

_DELIVERY = {"Service": "delivery.logs.amazonaws.com"}


@dataclasses.dataclass(frozen=True)
class NetworkLogsArgs:
    """What the logs are made from.

    Attributes:
        vpc_id: The VPC whose traffic is recorded.
        bucket_prefix: Prefix of the bucket's name.
        partition: AWS partition, ``account_id`` and ``region`` of the VPC: whose log delivery may write.
        retention_days: Days they are kept.
        key_arn: KMS key they are encrypted with, whose policy must admit log delivery; None for S3's own.
        deletion_protection: Refuse to destroy the bucket while it holds logs.
    """

    vpc_id: pulumi.Input[str]
    bucket_prefix: str
    partition: str
    account_id: str
    region: str
    retention_days: int
    key_arn: pulumi.Input[str] | None
    deletion_protection: bool


class NetworkLogs(Component):
    """Flow logs of a VPC, accepted and rejected traffic alike, in a bucket apart from the agents'.

    Apart, because its policy lets an AWS service write, which the agents' bucket lets nobody do.

    Attributes:
        bucket: The bucket's name.
    """

    bucket: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        kept = private_bucket(
            name,
            prefix=f"{args.bucket_prefix}-logs-",
            keep_objects=args.deletion_protection,
            key_arn=args.key_arn,
            opts=self.child(),
            allowing=lambda arn: log_delivery(arn, args),
        )
        aws.s3.BucketLifecycleConfiguration(
            name, bucket=kept.bucket.bucket, rules=tidied(expire_days=args.retention_days), opts=self.child()
        )
        # AWS adds these permissions to the bucket's policy itself where they lack, and every plan would take them out.
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=kept.bucket.arn,
            tags={"Name": name},
            opts=self.child(depends_on=[kept.policy]),
        )
        self.bucket = kept.bucket.bucket
        self.register_outputs({"bucket": self.bucket})


def log_delivery(bucket_arn: str, args: NetworkLogsArgs) -> Sequence[Mapping[str, Any]]:
    """Statements that let AWS deliver logs of one account and region, and of no other's."""
    source = {
        "StringEquals": {"aws:SourceAccount": args.account_id},
        "ArnLike": {"aws:SourceArn": f"arn:{args.partition}:logs:{args.region}:{args.account_id}:*"},
    }
    return [
        {
            "Sid": "LogDeliveryWrites",
            "Effect": "Allow",
            "Principal": _DELIVERY,
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/AWSLogs/{args.account_id}/*",
            "Condition": source,
        },
        {
            "Sid": "LogDeliveryChecks",
            "Effect": "Allow",
            "Principal": _DELIVERY,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": bucket_arn,
            "Condition": source,
        },
    ]
