"""Who may do what in the cluster: EKS access entries, readable in the stack file and revocable without kubectl."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Literal

import pulumi
import pulumi_aws as aws

AccessPolicy = Literal["cluster-admin", "admin", "edit", "view"]

_POLICIES: Mapping[AccessPolicy, str] = {
    "cluster-admin": "AmazonEKSClusterAdminPolicy",
    "admin": "AmazonEKSAdminPolicy",
    "edit": "AmazonEKSEditPolicy",
    "view": "AmazonEKSViewPolicy",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class AccessGrant:
    """What one IAM principal may do.

    Attributes:
        principal: ARN of an IAM role or user.
        policy: ``cluster-admin``, ``admin``, ``edit`` or ``view``, each Kubernetes' own role of that name.
        namespaces: Where it applies; everywhere if there are none.
    """

    principal: str
    policy: AccessPolicy
    namespaces: tuple[str, ...] = ()


def grant_access(
    grants: Iterable[AccessGrant],
    *,
    name: str,
    cluster_name: pulumi.Input[str],
    partition: str,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """An access entry and its policy for each grant; no principal may be granted twice."""
    made: list[pulumi.Resource] = []
    for grant in grants:
        label = f"{name}-{grant.principal.rsplit('/', 1)[-1]}"
        entry = aws.eks.AccessEntry(
            label, cluster_name=cluster_name, principal_arn=grant.principal, type="STANDARD", opts=opts
        )
        policy = aws.eks.AccessPolicyAssociation(
            label,
            cluster_name=cluster_name,
            principal_arn=entry.principal_arn,
            policy_arn=f"arn:{partition}:eks::aws:cluster-access-policy/{_POLICIES[grant.policy]}",
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(
                type="namespace" if grant.namespaces else "cluster", namespaces=list(grant.namespaces) or None
            ),
            opts=opts,
        )
        made += [entry, policy]
    return made
