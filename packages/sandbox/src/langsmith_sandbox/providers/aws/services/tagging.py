"""How the services tag; entries refer to these."""

from __future__ import annotations

import dataclasses

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Lookup, Tagging

_EC2 = Tagging(
    target={"Resources": "[id]"},
    add="create_tags",
    remove="delete_tags",
    removed="Tags",
    removed_by_key=False,
    on_create="TagSpecifications",
)


def ec2(kind: str) -> Tagging:
    """EC2's way, for its resource type ``kind`` (as ``natgateway``); an empty one cannot be tagged when it is made."""
    return dataclasses.replace(_EC2, specification=kind, on_create="TagSpecifications" if kind else "")


def eks(resource_arn: str) -> Tagging:
    """EKS's way; ``resource_arn`` is an expression for the ARN."""
    return Tagging(
        target={"resourceArn": resource_arn},
        add="tag_resource",
        remove="untag_resource",
        member="tags",
        removed="tagKeys",
        names=None,
        on_create="tags",
        read="tags",
    )


def by_resource_name(resource_arn: str, *, answer: str) -> Tagging:
    """The way of RDS and ElastiCache; ``answer`` is where their listing has the tags."""
    target = {"ResourceName": resource_arn}
    return Tagging(
        target=target,
        add="add_tags_to_resource",
        remove="remove_tags_from_resource",
        lookup=Lookup("list_tags_for_resource", members=target, at=answer),
    )


def iam(kind: str, **target: str) -> Tagging:
    """IAM's way for its ``kind`` of entity, named by ``target``."""
    return Tagging(target=target, add=f"tag_{kind}", remove=f"untag_{kind}")


S3_BUCKET = Tagging(
    target={"Bucket": "id"},
    add="put_bucket_tagging",
    remove="delete_bucket_tagging",
    member="Tagging",
    wrapped="TagSet",
    replaces=True,
    on_create="",
    lookup=Lookup("get_bucket_tagging", members={"Bucket": "id"}, at="TagSet", ignores="NoSuchTagSet"),
)

ECR_REPOSITORY = Tagging(
    target={"resourceArn": "repositoryArn"},
    add="tag_resource",
    remove="untag_resource",
    member="tags",
    removed="tagKeys",
    on_create="tags",
    lookup=Lookup("list_tags_for_resource", members={"resourceArn": "repositoryArn"}, at="tags"),
)

_LOG_GROUP_ARN = arn("logs", joined("'log-group:'", "id"))

LOG_GROUP = Tagging(
    target={"resourceArn": _LOG_GROUP_ARN},
    add="tag_resource",
    remove="untag_resource",
    member="tags",
    removed="tagKeys",
    names=None,
    on_create="tags",
    lookup=Lookup("list_tags_for_resource", members={"resourceArn": _LOG_GROUP_ARN}, at="tags"),
)

KMS_KEY = Tagging(
    target={"KeyId": "id"},
    add="tag_resource",
    remove="untag_resource",
    names=("TagKey", "TagValue"),
    lookup=Lookup("list_resource_tags", members={"KeyId": "id"}, at="Tags"),
)

ACM_CERTIFICATE = Tagging(
    target={"CertificateArn": "id"},
    add="add_tags_to_certificate",
    remove="remove_tags_from_certificate",
    removed="Tags",
    removed_by_key=False,
    lookup=Lookup("list_tags_for_certificate", members={"CertificateArn": "id"}, at="Tags"),
)
