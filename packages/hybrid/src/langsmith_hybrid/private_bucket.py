"""A bucket as every bucket here is made: no public access, no ACLs, encrypted, TLS only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam

_UNFINISHED_UPLOAD_DAYS = 7

Statements = Callable[[str], Sequence[Mapping[str, Any]]]


@dataclasses.dataclass(frozen=True)
class PrivateBucket:
    """A bucket and the policy without which it must not be used."""

    bucket: aws.s3.Bucket
    policy: aws.s3.BucketPolicy


def private_bucket(
    name: str,
    *,
    prefix: str,
    keep_objects: bool,
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
    allowing: Statements = lambda _: (),
) -> PrivateBucket:
    """A private bucket, without versioning and lifecycle, which depend on what it is for.

    Args:
        name: Its name in the program.
        prefix: Of its physical name; S3 names are global, so AWS's client appends unique characters.
        keep_objects: Refuse to destroy the bucket while it holds objects.
        key_arn: KMS key its objects are encrypted with; None for S3's own.
        opts: Options of all its resources.
        allowing: From the bucket's ARN to statements of its policy besides the one that demands TLS.
    """
    bucket = aws.s3.Bucket(name, bucket_prefix=prefix, force_destroy=not keep_objects, opts=opts)
    blocked = aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    aws.s3.BucketOwnershipControls(
        name,
        bucket=bucket.bucket,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=opts,
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        name, bucket=bucket.bucket, rules=[_encrypted_with(key_arn)], opts=opts
    )
    # S3 answers a policy and a public access block that arrive together with OperationAborted.
    policy = aws.s3.BucketPolicy(
        name,
        bucket=bucket.bucket,
        policy=bucket.arn.apply(lambda arn: iam.policy([tls_only(arn), *allowing(arn)])),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[blocked])),
    )
    return PrivateBucket(bucket, policy)


def _encrypted_with(key_arn: pulumi.Input[str] | None) -> aws.s3.BucketServerSideEncryptionConfigurationRuleArgs:
    default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
    return aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=default(
            sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
        ),
        # One call of KMS for many objects: without it every object costs one.
        bucket_key_enabled=key_arn is not None,
    )


def tls_only(bucket_arn: str) -> Mapping[str, Any]:
    """A statement that denies every request not made over TLS."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def tidied(*, expire_days: int | None = None, old_version_days: int | None = None) -> list[Any]:
    """Lifecycle rules that end unfinished uploads, and objects or their old versions after so many days."""
    rule = aws.s3.BucketLifecycleConfigurationRuleArgs
    expiration = aws.s3.BucketLifecycleConfigurationRuleExpirationArgs
    noncurrent = aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs
    return [
        rule(
            id="tidy-up",
            status="Enabled",
            filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=_UNFINISHED_UPLOAD_DAYS
            ),
            expiration=expiration(days=expire_days) if expire_days else None,
            noncurrent_version_expiration=noncurrent(noncurrent_days=old_version_days) if old_version_days else None,
        )
    ]
