"""Autoscaling: as many nodes as Pods need, between the least and the most the configuration allows."""

from __future__ import annotations

import dataclasses
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import iam
from langsmith_hybrid.component import Component
from langsmith_hybrid.eks_versions import AUTOSCALER_RELEASES
from langsmith_hybrid.platform import RELEASE_TIMEOUT
from langsmith_hybrid.pod_identity import allowed_to

_RELEASE = "cluster-autoscaler"
_NAMESPACE = "kube-system"
# What it looks at before it decides. None of these actions can be limited to a resource.
_LOOKS_AT = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeLaunchConfigurations",
    "autoscaling:DescribeScalingActivities",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:GetInstanceTypesFromInstanceRequirements",
)
_CHANGES = ("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup")


@dataclasses.dataclass(frozen=True)
class AutoscalingArgs:
    """What autoscaling is made from.

    Attributes:
        cluster_name: The cluster whose node groups it resizes.
        cluster_version: Kubernetes minor version; the autoscaler foretells what its scheduler does, so theirs match.
        partition: AWS partition, ``region`` and ``account_id`` of the cluster.
        chart_repository: Helm repository of the ``cluster-autoscaler`` chart; ``chart_version`` pins it.
    """

    cluster_name: pulumi.Output[str]
    cluster_version: str
    partition: str
    region: str
    account_id: str
    chart_repository: str
    chart_version: str


class Autoscaling(Component):
    """The cluster autoscaler, its role, and the binding of that role to its one service account."""

    def __init__(self, name: str, args: AutoscalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        identity = allowed_to(
            name,
            policy=args.cluster_name.apply(lambda cluster: scaling_policy(cluster, args)),
            cluster_name=args.cluster_name,
            namespace=_NAMESPACE,
            service_account=_RELEASE,
            opts=self.child(),
        )
        kubernetes.helm.v3.Release(
            name,
            name=_RELEASE,
            namespace=_NAMESPACE,
            chart=_RELEASE,
            version=args.chart_version,
            repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=args.chart_repository),
            values=chart_values(args),
            atomic=True,
            timeout=RELEASE_TIMEOUT,
            opts=self.child(depends_on=[identity]),
        )
        self.register_outputs({})


def scaling_policy(cluster: str, args: AutoscalingArgs) -> str:
    """A policy that allows to resize the groups EKS made for one cluster, and to look at any.

    EKS names the groups of managed node groups ``eks-...`` and tags them with the cluster they belong to.
    """
    where = f"{args.region}:{args.account_id}"
    groups = f"arn:{args.partition}:autoscaling:{where}:autoScalingGroup:*:autoScalingGroupName/eks-*"
    ours = {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}}
    return iam.policy(
        [
            {"Effect": "Allow", "Action": list(_LOOKS_AT), "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "eks:DescribeNodegroup",
                "Resource": f"arn:{args.partition}:eks:{where}:nodegroup/{cluster}/*",
            },
            {"Effect": "Allow", "Action": list(_CHANGES), "Resource": groups, "Condition": ours},
        ]
    )


def chart_values(args: AutoscalingArgs) -> dict[str, Any]:
    """The chart's values."""
    return {
        "cloudProvider": "aws",
        "awsRegion": args.region,
        # Groups are found by the tags EKS gives them, and so are those of node groups that come later.
        "autoDiscovery": {"clusterName": args.cluster_name},
        "image": {"tag": f"v{AUTOSCALER_RELEASES[args.cluster_version]}"},
        "fullnameOverride": _RELEASE,
        "rbac": {"serviceAccount": {"name": _RELEASE}},
        "extraArgs": {
            "balance-similar-node-groups": True,
            # Of instance types that would do, the one that leaves the least unused.
            "expander": "least-waste",
            # Every node holds Pods of kube-system; with the default none would ever be taken away.
            "skip-nodes-with-system-pods": False,
        },
        "resources": {"requests": {"cpu": "100m", "memory": "300Mi"}, "limits": {"memory": "600Mi"}},
    }
