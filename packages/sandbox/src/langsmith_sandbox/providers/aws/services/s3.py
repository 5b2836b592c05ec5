"""S3: buckets, and their settings as resources of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.expressions import joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Step, Update
from langsmith_sandbox.providers.aws.services import tagging

if TYPE_CHECKING:
    from collections.abc import Mapping

_GONE = "NoSuchBucket 404"
_BUCKET = {"Bucket": "bucket"}

BUCKET = Resource(
    type="aws:s3/bucket:Bucket",
    service="s3",
    identity="bucket",
    naming=Naming(property="bucket", prefix="bucketPrefix", longest=63, lower=True),
    create=Call(
        "create_bucket",
        takes="bucket",
        members={
            "CreateBucketConfiguration": "region != 'us-east-1' && {LocationConstraint: region} || `null`",
            "ObjectLockEnabledForBucket": "objectLockEnabled",
        },
        retries="OperationAborted",
    ),
    read=Lookup("head_bucket", members={"Bucket": "id"}, ignores=_GONE),
    outputs={
        "arn": joined("'arn:'", "partition", "':s3:::'", "id"),
        "bucket": "id",
        "bucketDomainName": joined("id", "'.s3.amazonaws.com'"),
        "bucketRegion": "region",
        "bucketRegionalDomainName": joined("id", "'.s3.'", "region", "'.amazonaws.com'"),
    },
    used="objectLockEnabled",
    write_only="objectLockEnabled",
    local="forceDestroy",
    defaults={"forceDestroy": False},
    replaced_by="bucket bucketPrefix objectLockEnabled",
    tagging=tagging.S3_BUCKET,
    before_delete=(
        Step(
            Call("delete_object", members={"Bucket": "id", "Key": "each.Key", "VersionId": "each.VersionId"}),
            when="forceDestroy",
            listing=Lookup("list_object_versions", members={"Bucket": "id"}),
            each="[Versions, DeleteMarkers][] | []",
        ),
    ),
    delete=Call("delete_bucket", members={"Bucket": "id"}, ignores=_GONE),
)


def _setting(
    kind: str,
    *,
    put: str,
    members: Mapping[str, str],
    properties: str,
    read: Lookup,
    delete: Call,
    **more: Any,
) -> Resource:
    """A setting of a bucket: put whole on create and on update, known by the bucket's name."""
    put_call = Call(put, members={**_BUCKET, **members}, retries="OperationAborted")
    return Resource(
        type=f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}",
        service="s3",
        identity="bucket",
        create=put_call,
        used=f"bucket {properties}",
        read=read,
        outputs={"bucket": "id", **more.pop("outputs", {})},
        updates=(Update(properties, put_call, whole=True),),
        replaced_by="bucket",
        delete=delete,
        **more,
    )


_BLOCKS = "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"

PUBLIC_ACCESS_BLOCK = _setting(
    "BucketPublicAccessBlock",
    put="put_public_access_block",
    members={
        "PublicAccessBlockConfiguration": "{"
        + ", ".join(f"{name}: {name} || `false`" for name in _BLOCKS.split())
        + "}"
    },
    properties=_BLOCKS,
    read=Lookup(
        "get_public_access_block",
        members={"Bucket": "id"},
        at="PublicAccessBlockConfiguration",
        ignores=f"{_GONE} NoSuchPublicAccessBlockConfiguration",
    ),
    delete=Call("delete_public_access_block", members={"Bucket": "id"}, ignores=_GONE),
)

OWNERSHIP_CONTROLS = _setting(
    "BucketOwnershipControls",
    put="put_bucket_ownership_controls",
    members={"OwnershipControls": "{Rules: [rule]}"},
    properties="rule",
    read=Lookup(
        "get_bucket_ownership_controls",
        members={"Bucket": "id"},
        at="OwnershipControls",
        ignores=f"{_GONE} OwnershipControlsNotFoundError",
    ),
    outputs={"rule": "Rules[0]"},
    delete=Call("delete_bucket_ownership_controls", members={"Bucket": "id"}, ignores=_GONE),
)

SERVER_SIDE_ENCRYPTION = _setting(
    "BucketServerSideEncryptionConfiguration",
    put="put_bucket_encryption",
    members={"ServerSideEncryptionConfiguration": "{Rules: rules}"},
    properties="rules",
    read=Lookup(
        "get_bucket_encryption",
        members={"Bucket": "id"},
        at="ServerSideEncryptionConfiguration",
        ignores=f"{_GONE} ServerSideEncryptionConfigurationNotFoundError",
    ),
    delete=Call("delete_bucket_encryption", members={"Bucket": "id"}, ignores=_GONE),
)

VERSIONING = _setting(
    "BucketVersioning",
    put="put_bucket_versioning",
    members={
        "VersioningConfiguration": "{Status: versioningConfiguration.status,"
        " MFADelete: versioningConfiguration.mfaDelete}"
    },
    properties="versioningConfiguration",
    read=Lookup(
        "get_bucket_versioning",
        members={"Bucket": "id"},
        at="Status && {Status: Status, MfaDelete: MFADelete}",
        ignores=_GONE,
    ),
    outputs={"versioningConfiguration": "@"},
    delete=Call(
        "put_bucket_versioning",
        members={"Bucket": "id", "VersioningConfiguration": "{Status: 'Suspended'}"},
        ignores=_GONE,
    ),
)

POLICY = _setting(
    "BucketPolicy",
    put="put_bucket_policy",
    members={"Policy": "policy"},
    properties="policy",
    read=Lookup("get_bucket_policy", members={"Bucket": "id"}, ignores=f"{_GONE} NoSuchBucketPolicy"),
    delete=Call("delete_bucket_policy", members={"Bucket": "id"}, ignores=_GONE),
)

LIFECYCLE = _setting(
    "BucketLifecycleConfiguration",
    put="put_bucket_lifecycle_configuration",
    members={"LifecycleConfiguration": "{Rules: rules[*].merge(@, {filter: filter || {prefix: ''}})}"},
    properties="rules",
    read=Lookup(
        "get_bucket_lifecycle_configuration",
        members={"Bucket": "id"},
        ignores=f"{_GONE} NoSuchLifecycleConfiguration",
    ),
    ordered="rules",
    delete=Call("delete_bucket_lifecycle", members={"Bucket": "id"}, ignores=_GONE),
)

RESOURCES = (
    BUCKET,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP_CONTROLS,
    SERVER_SIDE_ENCRYPTION,
    VERSIONING,
    POLICY,
    LIFECYCLE,
)
