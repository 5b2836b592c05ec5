"""How many nodes there should be: plain functions over what the cluster and its Auto Scaling groups show.

The questions are the cluster autoscaler's own: would a Pod that waits fit a node more of this group, and has a node
held nothing for so long that it may go. It also moves Pods off nodes that are hardly used; this stand-in does not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langsmith_sandbox.cluster.scheduling import place

Json = dict[str, Any]

_UNREADY_TAINTS = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")


@dataclasses.dataclass(frozen=True)
class ScalingGroup:
    """An Auto Scaling group with its limits, its present size, and the ids of its instances."""

    name: str
    smallest: int
    largest: int
    desired: int
    instances: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Growth:
    """What becomes of the Pods that wait.

    Attributes:
        nodes: How many nodes more.
        helped: The Pods that then fit.
        refused: Those that still do not, each with the reason.
    """

    nodes: int
    helped: tuple[Json, ...]
    refused: tuple[tuple[Json, str], ...]


def waiting(pods: Iterable[Json]) -> list[Json]:
    """The Pods the scheduler found no room for."""
    return [
        pod
        for pod in pods
        if not pod["spec"].get("nodeName")
        and "deletionTimestamp" not in pod["metadata"]
        and any(
            condition["type"] == "PodScheduled" and condition.get("reason") == "Unschedulable"
            for condition in pod.get("status", {}).get("conditions") or ()
        )
    ]


def growth(group: ScalingGroup, nodes: Sequence[Json], pods: Sequence[Json]) -> Growth:
    """How many nodes a group needs more for the Pods that wait.

    Args:
        group: The group.
        nodes: All nodes of the cluster.
        pods: All Pods.
    """
    members = members_of(group, nodes)
    if not members:
        return Growth(0, (), ())  # without a node of it, nobody knows what one would offer
    # Instances that are no nodes yet will take Pods as well: without them every round would ask for more.
    standing = [*nodes, *(_like(members[0], f"upcoming-{number}") for number in range(group.desired - len(members)))]
    more: list[Json] = []
    helped, refused = [], []
    placed = [pod for pod in pods if pod["spec"].get("nodeName")]
    for pod in waiting(pods):
        where = place(pod, [*standing, *more], placed)
        fresh = _like(members[0], f"new-{len(more)}")
        if not where.node and group.desired + len(more) < group.largest:
            where = place(pod, [fresh], [])
            if where.node:
                more.append(fresh)
        if where.node:
            placed.append({**pod, "spec": {**pod["spec"], "nodeName": where.node}})
            helped.append(pod)
        else:
            full = group.desired + len(more) >= group.largest
            refused.append((pod, "max node group size reached" if full else _reason(where.message)))
    return Growth(len(more), tuple(helped), tuple(refused))


def idle(group: ScalingGroup, nodes: Iterable[Json], pods: Iterable[Json]) -> list[str]:
    """Names of the group's nodes that hold nothing but daemons, which every node has."""
    busy = {pod["spec"].get("nodeName") for pod in pods if not _is_daemon(pod) and not _is_over(pod)}
    return [node["metadata"]["name"] for node in members_of(group, nodes) if node["metadata"]["name"] not in busy]


def members_of(group: ScalingGroup, nodes: Iterable[Json]) -> list[Json]:
    """The nodes that are instances of the group."""
    return [node for node in nodes if instance_of(node) in group.instances]


def instance_of(node: Json) -> str:
    """The id of the EC2 instance a node is."""
    return str(node["spec"].get("providerID", "")).rpartition("/")[2]


def _like(node: Json, name: str) -> Json:
    """An empty node as another one of its group is."""
    labels: Mapping[str, str] = {**node["metadata"].get("labels", {}), "kubernetes.io/hostname": name}
    taints = [each for each in node["spec"].get("taints") or () if not each["key"].startswith(_UNREADY_TAINTS)]
    return {
        "metadata": {"name": name, "labels": dict(labels)},
        "spec": {"taints": taints},
        "status": {"allocatable": node.get("status", {}).get("allocatable", {})},
    }


def _reason(message: str) -> str:
    """Of ``0/1 nodes are available: 1 Insufficient cpu.`` what is missing."""
    return message.partition(": ")[2].rstrip(".").removeprefix("1 ")


def _is_daemon(pod: Json) -> bool:
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences") or ())


def _is_over(pod: Json) -> bool:
    return pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}
