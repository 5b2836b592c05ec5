"""Add-ons: the cluster's own software, in versions EKS knows to fit it, with AWS permissions bound to one Pod each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam
from langsmith_hybrid.component import after
from langsmith_hybrid.encryption_key import USES

# Nodes cannot turn Ready without these; the others need nodes to run on.
BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
VOLUMES = "aws-ebs-csi-driver"
ON_NODES = ("coredns", VOLUMES, "metrics-server")
# Service accounts that call AWS, and the managed policy each needs.
_IDENTITIES = {
    "vpc-cni": ("aws-node", "AmazonEKS_CNI_Policy"),
    VOLUMES: ("ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
}


def addon(
    name: str,
    *,
    within: str,
    cluster: aws.eks.Cluster,
    settings: Mapping[str, Any] | None,
    opts: pulumi.ResourceOptions,
) -> aws.eks.Addon:
    """An add-on.

    Args:
        name: As EKS knows it, like ``vpc-cni``.
        within: Prefix of its name in the program.
        cluster: The cluster it is part of.
        settings: Its configuration, if it needs any.
        opts: Options of the add-on.
    """
    version = aws.eks.get_addon_version_output(
        addon_name=name,
        kubernetes_version=cluster.version,
        opts=pulumi.InvokeOutputOptions(parent=opts.parent),
    )
    return aws.eks.Addon(
        f"{within}-{name}",
        cluster_name=cluster.name,
        addon_name=name,
        addon_version=version.version,
        configuration_values=json.dumps(settings) if settings else None,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        opts=opts,
    )


def settings_of(addon: str, tags: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What an add-on is told; ``tags`` go onto the volumes it makes, which no provider's default tags reach."""
    if addon == "vpc-cni":
        return {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true"}}
    if addon == VOLUMES:
        return {"controller": {"extraVolumeTags": dict(tags)}}
    return None


def identity(
    addon: str,
    *,
    within: str,
    cluster_name: pulumi.Input[str],
    partition: str,
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """The role of an add-on that calls AWS, bound to its one service account; empty for the others.

    Args:
        addon: As EKS knows it.
        within: Prefix of the names in the program.
        cluster_name: The cluster it is part of.
        partition: AWS partition.
        key_arn: KMS key of the volumes that are made; None for one of AWS's own, which needs no permission.
        opts: Options of all resources.
    """
    if addon not in _IDENTITIES:
        return []
    service_account, policy = _IDENTITIES[addon]
    role, attachments = iam.role_with(
        f"{within}-{addon}",
        trust=iam.assumed_by_pods(),
        managed_policies=[iam.managed_policy_arn(partition, policy)],
        opts=opts,
    )
    if addon == VOLUMES and key_arn is not None:
        encrypts = pulumi.Output.from_input(key_arn).apply(volumes_encrypted_with)
        attachments.append(aws.iam.RolePolicy(f"{within}-{addon}-key", role=role.name, policy=encrypts, opts=opts))
    association = aws.eks.PodIdentityAssociation(
        f"{within}-{addon}",
        cluster_name=cluster_name,
        namespace="kube-system",
        service_account=service_account,
        role_arn=role.arn,
        opts=after(opts, *attachments),
    )
    return [association]


def volumes_encrypted_with(key_arn: str) -> str:
    """A policy that allows to make volumes with a key, and to have EC2 attach them: its managed policy has neither."""
    in_use = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return iam.policy(
        [
            {"Effect": "Allow", "Action": list(USES), "Resource": key_arn},
            {"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": key_arn, "Condition": in_use},
        ]
    )
