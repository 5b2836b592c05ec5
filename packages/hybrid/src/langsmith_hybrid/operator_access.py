"""What the operator of today may do beyond what the chart of today grants the operator it was made for.

From langchain-ai/helm#1027, which moved later charts to operator 0.1.60: it manages PodDisruptionBudgets, and does not
start without watching NetworkPolicies.
"""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as kubernetes

_NAME = "operator-watches"
_READ = ("get", "list", "watch")
_MANAGE = (*_READ, "create", "delete", "patch", "update")


def watching(
    namespace: kubernetes.core.v1.Namespace,
    *,
    name: str,
    service_account: str,
    home: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> kubernetes.rbac.v1.RoleBinding:
    """A Role for one watched namespace, bound to the operator.

    Args:
        namespace: The namespace.
        name: Name of the resources in the program.
        service_account: The operator's, which the chart makes in the namespace ``home``.
        home: The release's namespace.
        opts: Options of both.
    """
    rule = kubernetes.rbac.v1.PolicyRuleArgs
    metadata = kubernetes.meta.v1.ObjectMetaArgs(name=_NAME, namespace=namespace.metadata.name)
    role = kubernetes.rbac.v1.Role(
        name,
        metadata=metadata,
        rules=[
            rule(api_groups=["networking.k8s.io"], resources=["networkpolicies"], verbs=[*_READ]),
            rule(api_groups=["policy"], resources=["poddisruptionbudgets"], verbs=[*_MANAGE]),
        ],
        opts=opts,
    )
    return kubernetes.rbac.v1.RoleBinding(
        name,
        metadata=metadata,
        role_ref=kubernetes.rbac.v1.RoleRefArgs(
            api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name
        ),
        subjects=[kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=service_account, namespace=home)],
        opts=opts,
    )
