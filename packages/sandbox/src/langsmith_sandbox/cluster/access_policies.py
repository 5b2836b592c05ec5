"""EKS access policies in terms of RBAC.

On EKS an authorizer of its own knows these policies. Here a policy associated for the whole cluster is a group bound to
a ClusterRole. One associated for namespaces is a group nobody binds: the authorization webhook asks, for a request in
such a namespace, whether the whole-cluster group would be allowed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.errors import KubernetesApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from langsmith_sandbox.cluster.api import Json, KubernetesApi

PREFIX = "sandbox:eks-access-policy:"
SUPERUSERS = "system:masters"
CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
ADMIN_VIEW_ROLE = "sandbox:eks-admin-view"
# Rights of the policies: docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
ROLES = {
    "AmazonEKSAdminPolicy": "admin",
    "AmazonEKSEditPolicy": "edit",
    "AmazonEKSViewPolicy": "view",
    "AmazonEKSAdminViewPolicy": ADMIN_VIEW_ROLE,
}


def groups_of(associations: Iterable[Json]) -> list[str]:
    """The groups an access entry's policies stand for.

    Args:
        associations: ``associatedAccessPolicies`` as EKS lists them.
    """
    groups = []
    for association in associations:
        group = _group(association["policyArn"].rpartition("/")[2])
        scope = association["accessScope"]
        if scope["type"] == "cluster":
            groups.append(group)
        else:
            groups.extend(f"{PREFIX}{namespace}:{group}" for namespace in scope.get("namespaces") or ())
    return groups


def groups_in_namespace(groups: Iterable[str], namespace: str) -> Iterator[str]:
    """The whole-cluster groups whose rights members of ``groups`` have inside one namespace."""
    prefix = f"{PREFIX}{namespace}:"
    return (group.removeprefix(prefix) for group in groups if group.startswith(prefix))


def bind(api: KubernetesApi) -> None:
    """Make the roles and bindings of the whole-cluster groups, unless they are there."""
    rbac = "/apis/rbac.authorization.k8s.io/v1"
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]
    _create(api, f"{rbac}/clusterroles", {**_object("ClusterRole", ADMIN_VIEW_ROLE), "rules": rules})
    for policy, role in ROLES.items():
        binding = {
            **_object("ClusterRoleBinding", _group(policy)),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": _group(policy)}],
        }
        _create(api, f"{rbac}/clusterrolebindings", binding)


def _group(policy: str) -> str:
    return SUPERUSERS if policy == CLUSTER_ADMIN else f"{PREFIX}{policy}"


def _object(kind: str, name: str) -> Json:
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}}


def _create(api: KubernetesApi, path: str, body: Json) -> None:
    try:
        api.create(path, body)
    except KubernetesApiError as problem:
        if problem.status != 409:
            raise
