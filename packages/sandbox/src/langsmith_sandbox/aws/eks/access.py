"""Who may use a cluster's Kubernetes API: access entries and the policies associated with them."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from langsmith_sandbox.aws.eks.handler import EksHandler, new_uuid
from langsmith_sandbox.aws.eks.state import (
    AccessEntry,
    Cluster,
    in_use,
    invalid_parameter,
    invalid_request,
    not_found,
)

_POLICY_PREFIX = "arn:aws:eks::aws:cluster-access-policy/"
POLICIES = ("AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSClusterAdminPolicy", "AmazonEKSEditPolicy",
            "AmazonEKSViewPolicy")  # fmt: skip
_PRINCIPAL = re.compile(r"arn:aws:iam::\d{12}:(role|user)/.+")


class AccessOperations(EksHandler):
    """Access entries, access policies and their associations."""

    def create_access_entry(self) -> ActionResult:
        cluster, principal = self._with_api(), self.param("principalArn")
        if not _PRINCIPAL.fullmatch(principal):
            raise invalid_parameter("The principalArn parameter format is not valid", clusterName=cluster.name)
        if principal in cluster.access_entries:
            raise in_use(
                "The specified access entry resource is already in use on this cluster.", clusterName=cluster.name
            )
        if not self.role_exists(principal):
            raise invalid_parameter(
                "The specified principalArn is invalid: invalid principal.", clusterName=cluster.name
            )
        groups = list(self.param("kubernetesGroups", []))
        if any(group.startswith("system:") for group in groups):
            raise invalid_parameter("The kubernetes group name may not begin with system:", clusterName=cluster.name)
        kind = self.param("type", "STANDARD")
        entry = add_entry(
            self, cluster, principal, kind=kind, groups=groups, username=self.param("username"),
            tags=self.param("tags", {}),
        )  # fmt: skip
        return ActionResult({"accessEntry": _describe(entry)})

    def describe_access_entry(self) -> ActionResult:
        return ActionResult({"accessEntry": _describe(self._entry(self.cluster()))})

    def update_access_entry(self) -> ActionResult:
        entry = self._entry(self.cluster())
        for member in ("kubernetesGroups", "username"):
            if self.param(member) is not None:
                entry.described[member] = self.param(member)
        entry.described["modifiedAt"] = self.context.clock.utc()
        return ActionResult({"accessEntry": _describe(entry)})

    def delete_access_entry(self) -> ActionResult:
        cluster = self.cluster()
        self._entry(cluster)
        del cluster.access_entries[self.param("principalArn")]
        return EmptyResult()

    def list_access_entries(self) -> ActionResult:
        policy = self.param("associatedPolicyArn")
        entries = self._with_api().access_entries
        chosen = [arn for arn, entry in entries.items() if policy is None or policy in entry.policies]
        return ActionResult(self.page(chosen, "accessEntries"))

    def associate_access_policy(self) -> ActionResult:
        cluster = self.cluster()
        entry, policy, scope = self._entry(cluster), self.param("policyArn"), self.param("accessScope", {})
        if policy.removeprefix(_POLICY_PREFIX) not in POLICIES:
            raise invalid_parameter("The specified policyArn is not a valid access policy", clusterName=cluster.name)
        if entry.described["type"] != "STANDARD":
            raise invalid_request("Access policies can be associated with STANDARD access entries only.")
        if scope.get("type") == "namespace" and not scope.get("namespaces"):
            raise invalid_parameter("You must specify at least one namespace for a namespace access scope.")
        now = self.context.clock.utc()
        before = entry.policies.get(policy, {})
        entry.policies[policy] = {
            "policyArn": policy,
            "accessScope": {"type": scope.get("type"), "namespaces": scope.get("namespaces") or []},
            "associatedAt": before.get("associatedAt", now),
            "modifiedAt": now,
        }
        return ActionResult({
            "clusterName": cluster.name,
            "principalArn": entry.described["principalArn"],
            "associatedAccessPolicy": entry.policies[policy],
        })  # fmt: skip

    def disassociate_access_policy(self) -> ActionResult:
        entry = self._entry(self.cluster())
        if entry.policies.pop(self.param("policyArn"), None) is None:
            raise not_found("The specified policyArn is not associated with this access entry.")
        return EmptyResult()

    def list_associated_access_policies(self) -> ActionResult:
        cluster = self.cluster()
        entry = self._entry(cluster)
        return ActionResult({
            "clusterName": cluster.name,
            "principalArn": entry.described["principalArn"],
            "associatedAccessPolicies": list(entry.policies.values()),
        })  # fmt: skip

    def list_access_policies(self) -> ActionResult:
        return ActionResult({"accessPolicies": [{"name": name, "arn": _POLICY_PREFIX + name} for name in POLICIES]})

    def _with_api(self) -> Cluster:
        cluster = self.cluster()
        if cluster.described["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
            raise invalid_request(
                "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] "
                "to perform this operation.",
                clusterName=cluster.name,
            )
        return cluster

    def _entry(self, cluster: Cluster) -> AccessEntry:
        found = cluster.access_entries.get(self.param("principalArn"))
        if found is None:
            raise not_found(
                "The specified principalArn could not be found. You can view your available access entries with "
                "'list-access-entries'.",
                clusterName=cluster.name,
            )
        return found


def add_entry(
    handler: EksHandler,
    cluster: Cluster,
    principal: str,
    *,
    kind: str,
    groups: list[str],
    username: str | None,
    tags: dict[str, str],
) -> AccessEntry:
    """Adds an access entry without asking whether it may be."""
    role_or_user, _, name = principal.rpartition(":")[2].partition("/")
    account, now = handler.current_account, handler.context.clock.utc()
    arn = handler.arn("access-entry", cluster.name, role_or_user, account, name.rpartition("/")[2], new_uuid())
    entry = AccessEntry(
        arn=arn,
        described={
            "clusterName": cluster.name,
            "principalArn": principal,
            "kubernetesGroups": groups,
            "accessEntryArn": arn,
            "createdAt": now,
            "modifiedAt": now,
            "username": username or _username(principal, kind),
            "type": kind,
        },
        tags=dict(tags),
    )
    cluster.access_entries[principal] = entry
    return entry


def grant_creator(handler: EksHandler, cluster: Cluster) -> None:
    """Makes whoever creates the cluster its administrator, as bootstrapClusterCreatorAdminPermissions says."""
    principal = _caller(handler)
    if principal is None:
        return
    entry = add_entry(handler, cluster, principal, kind="STANDARD", groups=[], username=None, tags={})
    now, policy = handler.context.clock.utc(), f"{_POLICY_PREFIX}AmazonEKSClusterAdminPolicy"
    entry.policies[policy] = {
        "policyArn": policy,
        "accessScope": {"type": "cluster", "namespaces": []},
        "associatedAt": now,
        "modifiedAt": now,
    }


def grant_nodes(handler: EksHandler, cluster: Cluster, role: str) -> None:
    """Lets a managed node group's role join the cluster, as EKS does unasked."""
    if "API" in cluster.described["accessConfig"]["authenticationMode"] and role not in cluster.access_entries:
        add_entry(handler, cluster, role, kind="EC2_LINUX", groups=["system:nodes"], username=None, tags={})


def _caller(handler: EksHandler) -> str | None:
    """The IAM role or user that signed the request."""
    key = handler.get_access_key()
    session = sts_backends[handler.current_account]["aws"].get_assumed_role_from_access_key(key)
    if session is not None:
        return str(session.role_arn)
    user = iam_backends[handler.current_account]["aws"].get_user_from_access_key_id(key)
    return str(user.arn) if user else None


def _username(principal: str, kind: str) -> str:
    if kind == "EC2_LINUX":
        return "system:node:{{EC2PrivateDNSName}}"
    if ":role/" in principal:
        account, role = principal.split(":")[4], principal.rpartition("/")[2]
        return f"arn:aws:sts::{account}:assumed-role/{role}/{{{{SessionName}}}}"
    return principal


def _describe(entry: AccessEntry) -> dict[str, Any]:
    return {**entry.described, "tags": entry.tags}
