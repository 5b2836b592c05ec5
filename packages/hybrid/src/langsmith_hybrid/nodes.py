"""Nodes: one managed group of instances that keep their disks encrypted and their credentials to themselves."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import iam

NodeSystem = Literal["al2023", "bottlerocket"]

_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
_AMI_TYPES: Mapping[tuple[NodeSystem, str], str] = {
    ("al2023", "x86_64"): "AL2023_x86_64_STANDARD",
    ("al2023", "arm64"): "AL2023_ARM_64_STANDARD",
    ("bottlerocket", "x86_64"): "BOTTLEROCKET_x86_64",
    ("bottlerocket", "arm64"): "BOTTLEROCKET_ARM_64",
}
# Graviton families: m7g, c7gn, r8gd, im4gn, x2gd; the first generation was a1. Not g4dn or p4d, whose g or digit leads.
_GRAVITON = re.compile(r"a1|[a-z]+\d+g[a-z]*")
# Bottlerocket keeps images and containers on a second disk; the first holds the system alone.
_DATA_DISK: Mapping[NodeSystem, str] = {"al2023": "/dev/xvda", "bottlerocket": "/dev/xvdb"}
_TAGGED = ("instance", "volume", "network-interface")


@dataclasses.dataclass(frozen=True)
class NodeArgs:
    """The managed node group: what its nodes are, how many there are, and the data disk in GiB.

    ``desired_size`` counts once, when the group is made.
    """

    instance_type: str
    system: NodeSystem
    min_size: int
    desired_size: int
    max_size: int
    disk_gib: int


def architecture(instance_type: str) -> str:
    """``arm64`` for a Graviton instance type such as ``m7g.xlarge``, else ``x86_64``."""
    return "arm64" if _GRAVITON.fullmatch(instance_type.partition(".")[0]) else "x86_64"


def node_group(
    name: str,
    args: NodeArgs,
    *,
    cluster: aws.eks.Cluster,
    subnet_ids: Sequence[pulumi.Input[str]],
    partition: str,
    tags: Mapping[str, str],
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
    depends_on: Sequence[pulumi.Resource],
) -> aws.eks.NodeGroup:
    """The node group, its role and its launch template.

    Args:
        name: Name of all of them in the program.
        args: What the nodes are.
        cluster: The cluster they join, and whose version they run.
        subnet_ids: Private subnets, one a zone.
        partition: AWS partition.
        tags: Put on instances, disks and interfaces, which no provider's default tags reach.
        key_arn: KMS key of the disks; None for one of AWS's own.
        opts: Options of all resources.
        depends_on: What nodes need to turn Ready.
    """
    role, attachments = iam.role_with(
        name,
        trust=iam.assumed_by_service("ec2.amazonaws.com"),
        managed_policies=[iam.managed_policy_arn(partition, policy) for policy in _POLICIES],
        opts=opts,
    )
    template = _launch_template(name, args, tags, key_arn, opts)
    return aws.eks.NodeGroup(
        name,
        cluster_name=cluster.name,
        version=cluster.version,
        node_role_arn=role.arn,
        subnet_ids=list(subnet_ids),
        ami_type=_AMI_TYPES[args.system, architecture(args.instance_type)],
        instance_types=[args.instance_type],
        scaling_config=aws.eks.NodeGroupScalingConfigArgs(
            min_size=args.min_size, desired_size=args.desired_size, max_size=args.max_size
        ),
        update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
        launch_template=aws.eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                depends_on=[*attachments, *depends_on],
                # From then on the autoscaler's: an update must not take the nodes away that it added.
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        ),
    )


def _launch_template(
    name: str,
    args: NodeArgs,
    tags: Mapping[str, str],
    key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> aws.ec2.LaunchTemplate:
    return aws.ec2.LaunchTemplate(
        name,
        update_default_version=True,
        # A hop limit of one keeps the node's credentials out of reach of Pods.
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=_DATA_DISK[args.system],
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3",
                    volume_size=args.disk_gib,
                    encrypted="true",
                    kms_key_id=key_arn,
                    delete_on_termination="true",
                ),
            )
        ],
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=dict(tags)) for kind in _TAGGED
        ],
        opts=opts,
    )
