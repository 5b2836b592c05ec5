"""The instances of node groups: an Auto Scaling group each, which EKS makes and others may scale."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping

from moto.ec2.models import ec2_backends
from moto.eks.models import EKSBackend

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.eks.handler import new_hex
from langsmith_sandbox.aws.eks.lifecycle import node_plan
from langsmith_sandbox.aws.eks.state import Cluster, Instance, NodeGroup, clusters_of


def groups(backend: EKSBackend) -> Iterator[tuple[Cluster, NodeGroup]]:
    """Every node group of an account and region that is not on its way out, with its cluster."""
    for cluster in clusters_of(backend).values():
        for group in cluster.node_groups.values():
            if group.deleted_at is None:
                yield cluster, group


def scaling_group_name(group: NodeGroup) -> str:
    """The name EKS gave the group's Auto Scaling group."""
    return str(group.described["resources"]["autoScalingGroups"][0]["name"])


def scaling_group_arn(backend: EKSBackend, group: NodeGroup) -> str:
    """ARN of the group's Auto Scaling group."""
    where = f"{backend.region_name}:{backend.account_id}"
    unique = group.arn.rpartition("/")[2]
    return f"arn:aws:autoscaling:{where}:autoScalingGroup:{unique}:autoScalingGroupName/{scaling_group_name(group)}"


def scaling_group_tags(cluster: Cluster, group: NodeGroup) -> Mapping[str, str]:
    """What EKS tags the Auto Scaling group of a managed node group with."""
    return {
        "eks:cluster-name": cluster.name,
        "eks:nodegroup-name": group.name,
        f"k8s.io/cluster-autoscaler/{cluster.name}": "owned",
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"kubernetes.io/cluster/{cluster.name}": "owned",
    }


def settle_size(backend: EKSBackend, cluster: Cluster, group: NodeGroup) -> None:
    """Starts and ends instances until there are as many as desired, and has the runtime follow.

    New ones go to the subnet with the fewest, the oldest of the fullest zone go first, as an Auto Scaling group
    balances its zones.
    """
    desired = int(group.described["scalingConfig"]["desiredSize"])
    while len(group.instances) < desired:
        group.instances.append(_launch(backend, group))
    while len(group.instances) > desired:
        fullest = collections.Counter(each.zone for each in group.instances).most_common(1)[0][0]
        group.instances.remove(next(each for each in group.instances if each.zone == fullest))
    follow(backend, cluster, group)


def follow(backend: EKSBackend, cluster: Cluster, group: NodeGroup) -> None:
    """Gives the runtime the group's instances, and each of them its interface."""
    current().runtime.set_nodes(cluster.name, group.name, node_plan(group))
    interfaces.release(backend.account_id, backend.region_name, group.arn)
    interfaces.register(
        backend.account_id,
        backend.region_name,
        group.arn,
        [each.subnet for each in group.instances],
        [cluster.security_group],
        f"aws-K8S-{cluster.name}-{group.name}",
    )


def _launch(backend: EKSBackend, group: NodeGroup) -> Instance:
    present = collections.Counter(each.subnet for each in group.instances)
    subnet = min(group.described["subnets"], key=lambda each: present[each])
    zone = str(ec2_backends[backend.account_id][backend.region_name].get_subnet(subnet).availability_zone)
    return Instance(f"i-{new_hex(17)}", subnet, zone, current().clock.utc())
