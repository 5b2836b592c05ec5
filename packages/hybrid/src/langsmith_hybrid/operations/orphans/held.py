"""What the states of stacks hold: whatever is in none of them is managed by nobody."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from langsmith_hybrid.operations.hosting_stack import Managed, resources_of
from langsmith_hybrid.operations.orphans.found import Found

# Resources whose own ARN is called otherwise than `arn` in the state.
_OWN_ARN = {
    "aws:eks/accessEntry:AccessEntry": "accessEntryArn",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "associationArn",
}
_CLUSTER = "aws:eks/cluster:Cluster"
_DATABASE = "aws:rds/instance:Instance"
_CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
_LISTENER = "pulumi-python:dynamic/langsmith:Listener"


@dataclasses.dataclass(frozen=True)
class Held:
    """What some states hold together.

    Attributes:
        arns: ARNs of what has one.
        ids: Ids of AWS's resources that have none in a state, as NAT gateways.
        clusters: Names of the EKS clusters.
        databases: Identifiers of the RDS instances.
        caches: Ids of the ElastiCache replication groups.
        listeners: UUIDs of the listeners.
    """

    arns: frozenset[str]
    ids: frozenset[str]
    clusters: frozenset[str]
    databases: frozenset[str]
    caches: frozenset[str]
    listeners: frozenset[str]

    @classmethod
    def by(cls, managed: Iterable[Managed]) -> Held:
        """What these are, of one stack or of several."""
        everything = tuple(managed)
        aws = [(each.id, _own_arn(each)) for each in everything if each.type.startswith("aws:")]
        return cls(
            arns=frozenset(arn for _, arn in aws if arn),
            ids=frozenset(name for name, arn in aws if not arn),
            clusters=_named(everything, _CLUSTER, "name"),
            databases=_named(everything, _DATABASE, "identifier"),
            caches=_named(everything, _CACHE, "replicationGroupId"),
            listeners=_named(everything, _LISTENER, "listener_id"),
        )

    def has(self, found: Found) -> bool:
        """Whether some state holds it."""
        return found.arn in self.arns or found.id in self.ids


def _own_arn(managed: Managed) -> str | None:
    return managed.arn or managed.outputs.get(_OWN_ARN.get(managed.type, ""))


def _named(everything: tuple[Managed, ...], type_token: str, output: str) -> frozenset[str]:
    return frozenset(str(each.outputs.get(output) or each.id) for each in resources_of(everything, type_token))
