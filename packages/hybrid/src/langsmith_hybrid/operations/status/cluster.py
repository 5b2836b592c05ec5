"""The cluster and its nodes, as EKS sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor.checks import Check
from langsmith_hybrid.operations.doctor.findings import Finding, fail, warn
from langsmith_hybrid.operations.hosting_stack import StackState, resources_of
from langsmith_hybrid.operations.status.service_state import gone, judged

_CLUSTER = "aws:eks/cluster:Cluster"
_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_GONE = "ResourceNotFoundException"
_WELL = "ACTIVE"
_IN_BETWEEN = frozenset({"CREATING", "UPDATING", "PENDING"})


def checks(state: StackState, aws: Aws) -> list[Check]:
    """A check for the cluster, and one for each of its node groups."""
    found = [
        Check("cluster", lambda name=each.id: _cluster(aws, name)) for each in resources_of(state.managed, _CLUSTER)
    ]
    for each in resources_of(state.managed, _NODE_GROUP):
        cluster, _, group = each.id.partition(":")
        found.append(Check("nodes", lambda cluster=cluster, group=group: _nodes(aws, cluster, group)))
    return found


def _cluster(aws: Aws, name: str) -> Iterator[Finding]:
    with gone("cluster", f"The cluster {name}", _GONE) as missing:
        cluster = aws.ask("eks", "describe_cluster", name=name)["cluster"]
        version = cluster["version"]
        issues = cluster.get("health", {}).get("issues", ())
        yield from _healthy("cluster", f"{name}, Kubernetes {version},", cluster["status"], issues)
        yield from _support(version)
    yield from missing


def _nodes(aws: Aws, cluster: str, name: str) -> Iterator[Finding]:
    with gone("nodes", f"The node group {name}", _GONE) as missing:
        group = aws.ask("eks", "describe_nodegroup", clusterName=cluster, nodegroupName=name)["nodegroup"]
        what = (
            f"{name}, {group['scalingConfig']['desiredSize']} × {', '.join(group.get('instanceTypes') or ['nodes'])},"
        )
        yield from _healthy("nodes", what, group["status"], group.get("health", {}).get("issues", ()))
    yield from missing


def _healthy(check: str, what: str, status: str, issues: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """What EKS says of something; its issues go first, since they say why."""
    for issue in issues:
        yield fail(check, f"{what} has {issue['code']}: {issue.get('message', '')}", "Mend what EKS names.")
    if not issues:
        yield judged(check, what, status, well=_WELL, in_between=_IN_BETWEEN)


def _support(version: str) -> Iterator[Finding]:
    from langsmith_hybrid import eks_versions

    today = dt.datetime.now(dt.UTC).date()
    if version in eks_versions.END_OF_STANDARD_SUPPORT and (notice := eks_versions.notice(version, today)):
        yield warn("cluster", notice, "")
