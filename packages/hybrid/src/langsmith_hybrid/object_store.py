"""Object storage: one private, encrypted bucket for what agents produce."""

from __future__ import annotations

import dataclasses

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam
from langsmith_hybrid.component import Component

_UNFINISHED_UPLOAD_DAYS = 7
_OLD_VERSION_DAYS = 30


@dataclasses.dataclass(frozen=True)
class ObjectStoreArgs:
    """What the bucket is made from.

    Attributes:
        bucket_prefix: Prefix of its name; S3 names are global, so AWS's client appends unique characters.
        deletion_protection: Refuse to destroy the bucket while it holds objects.
    """

    bucket_prefix: str
    deletion_protection: bool


class ObjectStore(Component):
    """An S3 bucket: no public access, no ACLs, encrypted, TLS only, versioned, and tidied up.

    Attributes:
        bucket: The bucket's name.
        arn: Its ARN.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ObjectStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        bucket = aws.s3.Bucket(
            name,
            bucket_prefix=f"{args.bucket_prefix}-",
            force_destroy=not args.deletion_protection,
            opts=self.child(),
        )
        blocked = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self.child(),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="AES256"
                    )
                )
            ],
            opts=self.child(),
        )
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self.child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            name, bucket=bucket.bucket, rules=_lifecycle(), opts=self.child(depends_on=[versioning])
        )
        # S3 answers a policy and a public access block that arrive together with OperationAborted.
        aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=bucket.arn.apply(tls_only_policy),
            opts=self.child(depends_on=[blocked]),
        )
        self.bucket = bucket.bucket
        self.arn = bucket.arn
        self.register_outputs({"bucket": self.bucket})


def _lifecycle() -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    return [
        aws.s3.BucketLifecycleConfigurationRuleArgs(
            id="tidy-up",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=_UNFINISHED_UPLOAD_DAYS
            ),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=_OLD_VERSION_DAYS
            ),
        )
    ]


def tls_only_policy(bucket_arn: str) -> str:
    """A bucket policy that denies every request not made over TLS."""
    return iam.policy(
        [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket_arn, f"{bucket_arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]
    )
