"""Physical names that the program must know before AWS can invent them.

Everything else is named by Pulumi, which appends random characters: a fresh run never meets a leftover.
"""

from __future__ import annotations

import pulumi


def cluster_name(prefix: str, role_name: pulumi.Output[str]) -> pulumi.Output[str]:
    """The EKS cluster's name: the configured prefix, and the random characters the name of its own role ends in.

    EKS writes to ``/aws/eks/<cluster>/cluster`` once more after a cluster is deleted, so a second cluster of the same
    name would find a log group that nobody manages. The role is new in every fresh run, which the VPC need not be,
    and is made before the log group and the cluster, which both need the name.
    """
    return role_name.apply(lambda role: f"{prefix}-{role.rpartition('-')[2]}")


def control_plane_log_group(cluster: pulumi.Output[str]) -> pulumi.Output[str]:
    """The log group EKS writes a cluster's control-plane logs to; the name is not ours to choose."""
    return cluster.apply(lambda name: f"/aws/eks/{name}/cluster")
