"""Who an AWS principal is inside the cluster: EKS access entries."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Protocol

from langsmith_sandbox.cluster.access_policies import groups_of
from langsmith_sandbox.cluster.eks_token import Caller, TokenError

if TYPE_CHECKING:
    from langsmith_sandbox.cluster.api import Json

_ASSUMED_ROLE = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+")


class EksClient(Protocol):
    """The operations of boto3's EKS client that are used here."""

    def list_access_entries(self, **parameters: Any) -> Json:
        """One page of principals."""
        ...

    def describe_access_entry(self, **parameters: Any) -> Json:
        """One entry."""
        ...

    def list_associated_access_policies(self, **parameters: Any) -> Json:
        """One page of an entry's policies."""
        ...


@dataclasses.dataclass(frozen=True)
class ClusterUser:
    """A user of the Kubernetes API."""

    username: str
    groups: tuple[str, ...]


def find_user(caller: Caller, cluster: str, eks: EksClient) -> ClusterUser:
    """Map a caller through the cluster's access entries.

    Raises:
        TokenError: No entry is about the caller.
    """
    principal = _matching(caller, _pages(eks.list_access_entries, "accessEntries", clusterName=cluster))
    if principal is None:
        raise TokenError(f"no access entry of cluster {cluster} is about {canonical_arn(caller)}")
    entry = eks.describe_access_entry(clusterName=cluster, principalArn=principal)["accessEntry"]
    policies = _pages(
        eks.list_associated_access_policies, "associatedAccessPolicies", clusterName=cluster, principalArn=principal
    )
    groups = (*(entry.get("kubernetesGroups") or ()), *groups_of(policies))
    return ClusterUser(_fill_in(entry.get("username") or caller.arn, caller), tuple(dict.fromkeys(groups)))


def canonical_arn(caller: Caller) -> str:
    """The caller's IAM ARN: the role's for a session of it (without the role's path, which STS does not tell)."""
    if match := _ASSUMED_ROLE.fullmatch(caller.arn):
        return f"arn:{match['partition']}:iam::{match['account']}:role/{match['role']}"
    return caller.arn


def _matching(caller: Caller, principals: list[str]) -> str | None:
    wanted = canonical_arn(caller)
    if wanted in principals:
        return wanted
    if not caller.session_name:
        return None
    # Role names are unique in an account, so a role with a path is found by its name.
    account, _, name = wanted.rpartition(":role/")
    for principal in principals:
        owner, is_role, path = principal.partition(":role/")
        if is_role and owner == account and path.rpartition("/")[2] == name:
            return principal
    return None


def _fill_in(template: str, caller: Caller) -> str:
    """The session name may hold characters Kubernetes user names may not."""
    session = caller.session_name.replace("@", "-")
    return (
        template.replace("{{SessionName}}", session)
        .replace("{{SessionNameRaw}}", caller.session_name)
        .replace("{{AccountID}}", caller.account)
    )


def _pages(operation: Any, member: str, **parameters: Any) -> list[Any]:
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = operation(**parameters, **token)
        found.extend(page.get(member) or ())
        if not page.get("nextToken"):
            return found
        token = {"nextToken": page["nextToken"]}
