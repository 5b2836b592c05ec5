"""How clusters and what is in them move through their states: by the clock, and by what the runtime reports."""

from __future__ import annotations

import logging
from typing import cast

from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError
from moto.ec2.models import ec2_backends
from moto.eks.models import EKSBackend, eks_backends

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.eks.state import Addon, Cluster, NodeGroup, Update, clusters_of
from langsmith_sandbox.aws.errors import RuntimeUnreachableError
from langsmith_sandbox.aws.runtime import ClusterReport, NodeInstance, NodePlan

_log = logging.getLogger(__name__)


def cluster_status(cluster: Cluster) -> str:
    """CREATING, ACTIVE, UPDATING, FAILED or DELETING.

    A cluster that was ACTIVE before the emulator came back is UPDATING until its runtime is up again: AWS never
    shows CREATING twice.
    """
    if cluster.deleted_at is not None:
        return "DELETING"
    now = current().clock.now()
    if now < cluster.ready_at:
        return "CREATING"
    reported = refresh(cluster)
    status = reported.status if reported else "CREATING"
    if status == "ACTIVE" and any(update.ends_at > now for update in cluster.updates.values() if not update.node_group):
        return "UPDATING"
    return "UPDATING" if status == "CREATING" and cluster.was_active else status


def refresh(cluster: Cluster) -> ClusterReport | None:
    """The runtime's word on the cluster; asked only until it is ACTIVE, since after that nothing it says changes."""
    if cluster.report is None:
        try:
            reported = current().runtime.report(cluster.name)
        except RuntimeUnreachableError:
            return None
        if reported is None or reported.status != "ACTIVE":
            return reported
        cluster.report, cluster.was_active = reported, True
    return cluster.report


def part_status(part: NodeGroup | Addon, updates: dict[str, Update]) -> str:
    """CREATING, ACTIVE, UPDATING or DELETING, of a node group or an add-on."""
    if part.deleted_at is not None:
        return "DELETING"
    now = current().clock.now()
    if now < part.ready_at:
        return "CREATING"
    kind = "node_group" if isinstance(part, NodeGroup) else "addon"
    busy = any(getattr(update, kind) == part.name and update.ends_at > now for update in updates.values())
    return "UPDATING" if busy else "ACTIVE"


def node_plan(node_group: NodeGroup) -> NodePlan:
    """What the runtime must run for a node group."""
    described = node_group.described
    return NodePlan(
        instances=tuple(NodeInstance(each.id, each.zone) for each in node_group.instances),
        instance_type=str((described.get("instanceTypes") or ["t3.medium"])[0]),
        labels=described.get("labels") or {},
        taints=tuple(described.get("taints") or ()),
        architecture="arm64" if "ARM_64" in described["amiType"] else "amd64",
    )


def settle(backend: EKSBackend) -> None:
    """Removes what has finished deleting."""
    now = current().clock.now()
    clusters = clusters_of(backend)
    for cluster in list(clusters.values()):
        for node_group in [n for n in cluster.node_groups.values() if n.deleted_at is not None and n.deleted_at <= now]:
            _remove_node_group(backend, cluster, node_group)
        for addon in [a for a in cluster.addons.values() if a.deleted_at is not None and a.deleted_at <= now]:
            del cluster.addons[addon.name]
        if cluster.deleted_at is not None and cluster.deleted_at <= now and _let_go(cluster):
            remove_network(backend, cluster)
            del clusters[cluster.name]


def settle_all() -> None:
    """:func:`settle` for every account and region in use."""
    for backend in _backends():
        settle(backend)


def resume_all() -> None:
    """Asks the runtime for everything the journal brought back. Orders are idempotent.

    A runtime that does not answer keeps nothing else of the account from coming back: its clusters show UPDATING.
    """
    for backend in _backends():
        for cluster in clusters_of(backend).values():
            cluster.report = None
            try:
                _resume(cluster)
            except RuntimeUnreachableError as problem:
                _log.warning("%s", problem)


def _resume(cluster: Cluster) -> None:
    runtime = current().runtime
    if cluster.deleted_at is not None:
        runtime.stop(cluster.name)
        return
    runtime.start(cluster.name, cluster.version)
    for node_group in cluster.node_groups.values():
        plan = node_plan(node_group) if node_group.deleted_at is None else None
        runtime.set_nodes(cluster.name, node_group.name, plan)


def remove_network(backend: EKSBackend, cluster: Cluster) -> None:
    """Takes the control plane's interfaces and the cluster security group away."""
    interfaces.release(backend.account_id, backend.region_name, f"eks/{cluster.name}")
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    try:
        ec2.delete_security_group(group_id=cluster.security_group)
    except InvalidSecurityGroupNotFoundError:
        return


def _backends() -> list[EKSBackend]:
    return [cast("EKSBackend", backend) for _, _, backend in eks_backends.iter_backends()]


def _let_go(cluster: Cluster) -> bool:
    try:
        return current().runtime.report(cluster.name) is None
    except RuntimeUnreachableError:
        return False


def _remove_node_group(backend: EKSBackend, cluster: Cluster, node_group: NodeGroup) -> None:
    interfaces.release(backend.account_id, backend.region_name, node_group.arn)
    del cluster.node_groups[node_group.name]
    role = node_group.described["nodeRole"]
    entry = cluster.access_entries.get(role)
    still_used = any(other.described["nodeRole"] == role for other in cluster.node_groups.values())
    if entry is not None and entry.described["type"] == "EC2_LINUX" and not still_used:
        del cluster.access_entries[role]
