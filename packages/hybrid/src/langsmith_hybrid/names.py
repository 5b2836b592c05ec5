"""Physical names that the program must know before AWS can invent them.

Everything else is named by Pulumi, which appends random characters: a fresh run never meets a leftover.
"""

from __future__ import annotations

import pulumi

_SUFFIX_LENGTH = 6


def cluster_name(prefix: str, vpc_id: pulumi.Output[str]) -> pulumi.Output[str]:
    """The EKS cluster's name: the configured prefix and the last characters of the VPC's id.

    EKS writes to ``/aws/eks/<cluster>/cluster`` once more after a cluster is deleted, so a second cluster of the same
    name would find a log group that nobody manages. The VPC is new in every fresh run and known before the log group
    and the cluster are made, which both need the name.
    """
    return vpc_id.apply(lambda vpc: f"{prefix}-{vpc[-_SUFFIX_LENGTH:]}")


def control_plane_log_group(cluster: pulumi.Output[str]) -> pulumi.Output[str]:
    """The log group EKS writes a cluster's control-plane logs to; the name is not ours to choose."""
    return cluster.apply(lambda name: f"/aws/eks/{name}/cluster")
