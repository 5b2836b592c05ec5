"""The cluster: EKS with private nodes, access by typed entries, and Pod Identity for whatever needs AWS."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import iam, names
from langsmith_hybrid.component import Component

# What terraform-aws-eks turns on by default as well: who did what, and who was let in.
_LOG_TYPES = ["api", "audit", "authenticator"]
_CONTROL_PLANE_ZONES = 2
_CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
# Nodes cannot turn Ready without these; the others need nodes to run on.
_ADDONS_BEFORE_NODES = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
_ADDONS_ON_NODES = ("coredns", "aws-ebs-csi-driver", "metrics-server")
# Add-on service accounts that call AWS, and the managed policy each needs.
_ADDON_IDENTITIES = {
    "vpc-cni": ("aws-node", "AmazonEKS_CNI_Policy"),
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
}
_ADDON_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "vpc-cni": {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true"}}
}
_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclasses.dataclass(frozen=True)
class NodeArgs:
    """The managed node group: instance type, sizes, and the root volume in GiB."""

    instance_type: str
    min_size: int
    desired_size: int
    max_size: int
    disk_gib: int


@dataclasses.dataclass(frozen=True)
class ClusterArgs:
    """What the cluster is made from.

    Attributes:
        name: Physical name of the EKS cluster.
        version: Kubernetes minor version.
        region: AWS region, for the kubeconfig.
        partition: AWS partition, such as ``aws``.
        subnet_ids: Private subnets of the nodes, one a zone; the control plane is in the first two.
        egress: Resources without which nodes cannot reach the internet.
        public_access_cidrs: Ranges that may reach the public endpoint; none keeps it off.
        admin_arns: IAM principals with cluster-admin access, whoever deploys among them.
        log_retention_days: Days control-plane logs are kept.
        nodes: The node group.
        deletion_protection: Whether EKS refuses to delete the cluster.
    """

    name: pulumi.Output[str]
    version: str
    region: str
    partition: str
    subnet_ids: Sequence[pulumi.Input[str]]
    egress: Sequence[pulumi.Resource]
    public_access_cidrs: Sequence[str]
    admin_arns: Sequence[str]
    log_retention_days: int
    nodes: NodeArgs
    deletion_protection: bool


class Cluster(Component):
    """EKS, its nodes and add-ons, and the Kubernetes provider everything in the cluster is made with.

    Attributes:
        cluster_name: Physical name.
        security_group_id: The group nodes and Pods are in: what stores let in.
        kubernetes: Provider with a kubeconfig that fetches its token from ``aws eks get-token``; no token is in state.
        workloads: What must exist before a Pod can run.
    """

    cluster_name: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    kubernetes: kubernetes.Provider
    workloads: list[pulumi.Resource]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name = name
        self._args = args
        self._cluster = self._control_plane()
        access = self._admins()
        first = [self._addon(addon, []) for addon in _ADDONS_BEFORE_NODES]
        nodes = self._node_group([*first, *self._identities("vpc-cni")])
        later = [self._addon(addon, [nodes, *self._identities(addon)]) for addon in _ADDONS_ON_NODES]
        self.cluster_name = self._cluster.name
        self.security_group_id = self._cluster.vpc_config.apply(
            lambda vpc: (vpc.cluster_security_group_id if vpc else None) or ""
        )
        self.kubernetes = kubernetes.Provider(
            name, kubeconfig=self._kubeconfig(), enable_server_side_apply=True, opts=self.child(depends_on=access)
        )
        self.workloads = [nodes, *later, *access]
        self.register_outputs({"clusterName": self.cluster_name, "endpoint": self._cluster.endpoint})

    def _control_plane(self) -> aws.eks.Cluster:
        args = self._args
        # Ours, and made first: otherwise EKS makes one that keeps its logs for ever and that no destroy removes.
        logs = aws.cloudwatch.LogGroup(
            f"{self._name}-control-plane",
            name=names.control_plane_log_group(args.name),
            retention_in_days=args.log_retention_days,
            opts=self.child(),
        )
        role, attachments = iam.role_with(
            f"{self._name}-control-plane",
            trust=iam.assumed_by_service("eks.amazonaws.com"),
            managed_policies=[iam.managed_policy_arn(args.partition, "AmazonEKSClusterPolicy")],
            opts=self.child(),
        )
        public = bool(args.public_access_cidrs)
        return aws.eks.Cluster(
            self._name,
            name=args.name,
            version=args.version,
            role_arn=role.arn,
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                # Its interfaces can move to other subnets, but never to other zones: a third zone, added later, would
                # replace the cluster. Two are what EKS needs, and nodes may be in any.
                subnet_ids=list(args.subnet_ids[:_CONTROL_PLANE_ZONES]),
                endpoint_private_access=True,
                endpoint_public_access=public,
                public_access_cidrs=list(args.public_access_cidrs) if public else None,
            ),
            enabled_cluster_log_types=_LOG_TYPES,
            # Not EXTENDED, EKS's default, which costs six times as much without anybody having asked.
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            bootstrap_self_managed_addons=False,
            deletion_protection=args.deletion_protection,
            opts=self.child(depends_on=[logs, *attachments, *args.egress]),
        )

    def _admins(self) -> list[pulumi.Resource]:
        made: list[pulumi.Resource] = []
        for arn in self._args.admin_arns:
            label = f"{self._name}-{arn.rsplit('/', 1)[-1]}"
            entry = aws.eks.AccessEntry(
                label, cluster_name=self._cluster.name, principal_arn=arn, type="STANDARD", opts=self.child()
            )
            policy = aws.eks.AccessPolicyAssociation(
                label,
                cluster_name=self._cluster.name,
                principal_arn=entry.principal_arn,
                policy_arn=f"arn:{self._args.partition}:eks::aws:cluster-access-policy/{_CLUSTER_ADMIN}",
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                opts=self.child(),
            )
            made += [entry, policy]
        return made

    def _identities(self, addon: str) -> list[pulumi.Resource]:
        """The role of an add-on that calls AWS, bound to its one service account; empty for the others."""
        if addon not in _ADDON_IDENTITIES:
            return []
        service_account, policy = _ADDON_IDENTITIES[addon]
        role, attachments = iam.role_with(
            f"{self._name}-{addon}",
            trust=iam.assumed_by_pods(),
            managed_policies=[iam.managed_policy_arn(self._args.partition, policy)],
            opts=self.child(),
        )
        association = aws.eks.PodIdentityAssociation(
            f"{self._name}-{addon}",
            cluster_name=self._cluster.name,
            namespace="kube-system",
            service_account=service_account,
            role_arn=role.arn,
            opts=self.child(depends_on=attachments),
        )
        return [association]

    def _addon(self, addon: str, depends_on: list[pulumi.Resource]) -> aws.eks.Addon:
        version = aws.eks.get_addon_version_output(
            addon_name=addon,
            kubernetes_version=self._cluster.version,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        settings = _ADDON_SETTINGS.get(addon)
        return aws.eks.Addon(
            f"{self._name}-{addon}",
            cluster_name=self._cluster.name,
            addon_name=addon,
            addon_version=version.version,
            configuration_values=json.dumps(settings) if settings else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            opts=self.child(depends_on=depends_on),
        )

    def _node_group(self, depends_on: list[pulumi.Resource]) -> aws.eks.NodeGroup:
        nodes = self._args.nodes
        role, attachments = iam.role_with(
            f"{self._name}-nodes",
            trust=iam.assumed_by_service("ec2.amazonaws.com"),
            managed_policies=[iam.managed_policy_arn(self._args.partition, policy) for policy in _NODE_POLICIES],
            opts=self.child(),
        )
        template = self._launch_template(nodes)
        return aws.eks.NodeGroup(
            f"{self._name}-nodes",
            cluster_name=self._cluster.name,
            version=self._cluster.version,
            node_role_arn=role.arn,
            subnet_ids=list(self._args.subnet_ids),
            ami_type="AL2023_x86_64_STANDARD",
            instance_types=[nodes.instance_type],
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=nodes.min_size, desired_size=nodes.desired_size, max_size=nodes.max_size
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            opts=self.child(depends_on=[*attachments, *depends_on]),
        )

    def _launch_template(self, nodes: NodeArgs) -> aws.ec2.LaunchTemplate:
        return aws.ec2.LaunchTemplate(
            f"{self._name}-nodes",
            update_default_version=True,
            # A hop limit of one keeps the node's credentials out of reach of Pods.
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_type="gp3", volume_size=nodes.disk_gib, encrypted="true", delete_on_termination="true"
                    ),
                )
            ],
            opts=self.child(),
        )

    def _kubeconfig(self) -> pulumi.Output[str]:
        region = self._args.region
        return pulumi.Output.all(
            name=self._cluster.name,
            endpoint=self._cluster.endpoint,
            authority=self._cluster.certificate_authority.apply(lambda authority: authority.data or ""),
        ).apply(lambda known: json.dumps(kubeconfig(known["name"], known["endpoint"], known["authority"], region)))


def kubeconfig(name: str, endpoint: str, certificate_authority: str, region: str) -> dict[str, Any]:
    """A kubeconfig as ``aws eks update-kubeconfig`` writes it: the user's token comes from ``aws eks get-token``."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority}}
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "aws",
                        "args": ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
                        "interactiveMode": "Never",
                    }
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
