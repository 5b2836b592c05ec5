"""Pod identity: what the Pods of one service account may do in AWS, without a key that could leak."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam
from langsmith_hybrid.component import after


def allowed_to(
    name: str,
    *,
    policy: pulumi.Input[str],
    cluster_name: pulumi.Input[str],
    namespace: str,
    service_account: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.eks.PodIdentityAssociation:
    """A role with one policy, bound to one service account.

    A Pod gets its identity when it is made: one made before the association never has any, so Pods come after it.

    Args:
        name: Name of the resources in the program.
        policy: The policy document.
        cluster_name: The cluster of the service account.
        namespace: Its namespace.
        service_account: Its name.
        opts: Options of all resources.
    """
    role = aws.iam.Role(name, assume_role_policy=iam.assumed_by_pods(), opts=opts)
    allowed = aws.iam.RolePolicy(name, role=role.name, policy=policy, opts=opts)
    return aws.eks.PodIdentityAssociation(
        name,
        cluster_name=cluster_name,
        namespace=namespace,
        service_account=service_account,
        role_arn=role.arn,
        opts=after(opts, allowed),
    )
