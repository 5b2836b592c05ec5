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


def checks(state: StackState, aws: Aws, today: dt.date) -> list[Check]:
    """A check for the cluster, and one for each of its node groups."""
    clusters = resources_of(state.managed, _CLUSTER)
    found = [Check("cluster", lambda name=each.id: _cluster(aws, name, today)) for each in clusters]
    if not clusters:
        found.append(Check("cluster", lambda: [fail("cluster", "There is none.", "Run `pulumi up`, which goes on.")]))
    for each in resources_of(state.managed, _NODE_GROUP):
        cluster, _, group = each.id.partition(":")
        found.append(Check("nodes", lambda cluster=cluster, group=group: _nodes(aws, cluster, group)))
    return found


def _cluster(aws: Aws, name: str, today: dt.date) -> Iterator[Finding]:
    with gone("cluster", f"The cluster {name}", _GONE) as missing:
        cluster = aws.ask("eks", "describe_cluster", name=name)["cluster"]
        version = cluster["version"]
        issues = cluster.get("health", {}).get("issues", ())
        yield from _healthy("cluster", f"{name}, Kubernetes {version},", cluster["status"], issues)
        yield from _support(version, today)
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


def _support(version: str, today: dt.date) -> Iterator[Finding]:
    """What is to be known of how long AWS runs a version without extra charge."""
    from langsmith_hybrid import eks_versions

    if version not in eks_versions.END_OF_STANDARD_SUPPORT:
        known = ", ".join(eks_versions.END_OF_STANDARD_SUPPORT)
        yield warn("cluster", f"Kubernetes {version} is none this program is made for.", f"It is made for {known}.")
    elif notice := eks_versions.notice(version, today):
        yield warn("cluster", notice, "")
