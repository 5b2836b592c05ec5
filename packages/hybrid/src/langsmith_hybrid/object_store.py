"""Object storage: one private, encrypted bucket for what agents produce."""

from __future__ import annotations

import dataclasses

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import Component
from langsmith_hybrid.private_bucket import private_bucket, tidied

_OLD_VERSION_DAYS = 30


@dataclasses.dataclass(frozen=True)
class ObjectStoreArgs:
    """What the bucket is made from.

    Attributes:
        bucket_prefix: Prefix of its name.
        key_arn: KMS key it is encrypted with; None for one of AWS's own.
        deletion_protection: Refuse to destroy the bucket while it holds objects.
    """

    bucket_prefix: str
    key_arn: pulumi.Input[str] | None
    deletion_protection: bool


class ObjectStore(Component):
    """A private S3 bucket, versioned and tidied up.

    Attributes:
        bucket: The bucket's name.
        arn: Its ARN.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ObjectStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        bucket = private_bucket(
            name,
            prefix=f"{args.bucket_prefix}-",
            keep_objects=args.deletion_protection,
            key_arn=args.key_arn,
            opts=self.child(),
        ).bucket
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self.child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.bucket,
            rules=tidied(old_version_days=_OLD_VERSION_DAYS),
            opts=self.child(depends_on=[versioning]),
        )
        self.bucket = bucket.bucket
        self.arn = bucket.arn
        self.register_outputs({"bucket": self.bucket})
