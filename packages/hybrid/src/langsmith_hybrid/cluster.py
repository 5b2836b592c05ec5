"""The cluster: EKS with private nodes, access by typed entries, and Pod Identity for whatever needs AWS."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import addons, iam, names
from langsmith_hybrid.cluster_access import AccessGrant, grant_access
from langsmith_hybrid.component import Component
from langsmith_hybrid.kubeconfig import kubeconfig
from langsmith_hybrid.nodes import NodeArgs, node_group

# What terraform-aws-eks turns on by default as well: who did what, and who was let in.
_LOG_TYPES = ["api", "audit", "authenticator"]
_CONTROL_PLANE_ZONES = 2
_SEALING = ("kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey")


@dataclasses.dataclass(frozen=True)
class ClusterArgs:
    """What the cluster is made from.

    Attributes:
        name_prefix: What the EKS cluster's name begins with.
        version: Kubernetes minor version.
        region: AWS region, for the kubeconfig.
        partition: AWS partition, such as ``aws``.
        subnet_ids: Private subnets of the nodes, one a zone; the control plane is in the first two.
        egress: Resources without which nodes cannot reach the internet.
        public_access_cidrs: Ranges that may reach the public endpoint; none keeps it off.
        access: Who may do what in the cluster; whoever deploys must be among them.
        log_retention_days: Days control-plane logs are kept.
        nodes: The node group.
        tags: Put on what is made on the cluster's behalf: instances, disks, volumes.
        key_arn: KMS key for Kubernetes Secrets, nodes' disks, volumes and logs; None for keys of AWS's own.
        deletion_protection: Whether EKS refuses to delete the cluster.
    """

    name_prefix: str
    version: str
    region: str
    partition: str
    subnet_ids: Sequence[pulumi.Input[str]]
    egress: Sequence[pulumi.Resource]
    public_access_cidrs: Sequence[str]
    access: Sequence[AccessGrant]
    log_retention_days: int
    nodes: NodeArgs
    tags: Mapping[str, str]
    key_arn: pulumi.Input[str] | None
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
        access = grant_access(
            args.access,
            name=name,
            cluster_name=self._cluster.name,
            partition=args.partition,
            opts=self.child(),
        )
        first = [self._addon(addon) for addon in addons.BEFORE_NODES]
        nodes = node_group(
            f"{name}-nodes",
            args.nodes,
            cluster=self._cluster,
            subnet_ids=args.subnet_ids,
            partition=args.partition,
            tags=args.tags,
            key_arn=args.key_arn,
            opts=self.child(),
            depends_on=[*first, *self._identity("vpc-cni")],
        )
        later = [self._addon(addon, nodes, *self._identity(addon)) for addon in addons.ON_NODES]
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
        role, attachments = iam.role_with(
            f"{self._name}-control-plane",
            trust=iam.assumed_by_service("eks.amazonaws.com"),
            managed_policies=[iam.managed_policy_arn(args.partition, "AmazonEKSClusterPolicy")],
            opts=self.child(),
        )
        name = names.cluster_name(args.name_prefix, role.name)
        # Ours, and made first: otherwise EKS makes one that keeps its logs for ever and that no destroy removes.
        logs = aws.cloudwatch.LogGroup(
            f"{self._name}-control-plane",
            name=names.control_plane_log_group(name),
            retention_in_days=args.log_retention_days,
            kms_key_id=args.key_arn,
            opts=self.child(),
        )
        if args.key_arn is not None:
            attachments.append(self._may_seal_secrets(role, args.key_arn))
        public = bool(args.public_access_cidrs)
        return aws.eks.Cluster(
            self._name,
            name=name,
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
            # Without a key of ours EKS seals Secrets with one of its own.
            encryption_config=None if args.key_arn is None else _secrets_sealed_with(args.key_arn),
            # Not EXTENDED, EKS's default, which costs six times as much without anybody having asked.
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            bootstrap_self_managed_addons=False,
            deletion_protection=args.deletion_protection,
            opts=self.child(depends_on=[logs, *attachments, *args.egress]),
        )

    def _may_seal_secrets(self, role: aws.iam.Role, key_arn: pulumi.Input[str]) -> aws.iam.RolePolicy:
        allowed = pulumi.Output.from_input(key_arn).apply(
            lambda arn: iam.policy([{"Effect": "Allow", "Action": list(_SEALING), "Resource": arn}])
        )
        return aws.iam.RolePolicy(f"{self._name}-secrets", role=role.name, policy=allowed, opts=self.child())

    def _identity(self, addon: str) -> list[pulumi.Resource]:
        return addons.identity(
            addon,
            within=self._name,
            cluster_name=self._cluster.name,
            partition=self._args.partition,
            key_arn=self._args.key_arn,
            opts=self.child(),
        )

    def _addon(self, addon: str, *after: pulumi.Resource) -> aws.eks.Addon:
        return addons.addon(
            addon,
            within=self._name,
            cluster=self._cluster,
            settings=addons.settings_of(addon, self._args.tags),
            opts=self.child(depends_on=list(after)),
        )

    def _kubeconfig(self) -> pulumi.Output[str]:
        region = self._args.region
        return pulumi.Output.all(
            name=self._cluster.name,
            endpoint=self._cluster.endpoint,
            authority=self._cluster.certificate_authority.apply(lambda authority: authority.data or ""),
        ).apply(lambda known: json.dumps(kubeconfig(known["name"], known["endpoint"], known["authority"], region)))


def _secrets_sealed_with(key_arn: pulumi.Input[str]) -> aws.eks.ClusterEncryptionConfigArgs:
    provider = aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=key_arn)
    return aws.eks.ClusterEncryptionConfigArgs(provider=provider, resources=["secrets"])
