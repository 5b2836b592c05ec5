"""The story of the system, in the order in which it comes to be."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid import names
from langsmith_hybrid.cluster import Cluster, ClusterArgs, NodeArgs
from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.data_plane import DataPlane, DataPlaneArgs
from langsmith_hybrid.image_registry import ImageRegistry, ImageRegistryArgs
from langsmith_hybrid.listener.resource import LangSmithListener
from langsmith_hybrid.network import Network, NetworkArgs
from langsmith_hybrid.object_store import ObjectStore, ObjectStoreArgs
from langsmith_hybrid.platform import Platform, PlatformArgs
from langsmith_hybrid.postgres import Postgres, PostgresArgs
from langsmith_hybrid.redis import Redis, RedisArgs


def deploy(config: LangSmithConfig) -> None:
    """Declare LangSmith Hybrid: network, cluster, stores, platform, listener, data plane, in this order.

    Each component is handed what it needs from those before it, as typed outputs; none reaches back.
    """
    account = _account(config)
    network = _network(config, account)
    cluster = _cluster(config, account, network)
    postgres = _postgres(config, account, network, cluster)
    redis = _redis(config, account, network, cluster)
    artifacts = ObjectStore(
        "artifacts",
        ObjectStoreArgs(bucket_prefix=config.s3_bucket_prefix, deletion_protection=config.deletion_protection),
        account.resources,
    )
    images = ImageRegistry(
        "images",
        ImageRegistryArgs(agents=config.agent_repositories, deletion_protection=config.deletion_protection),
        account.resources,
    )
    platform = Platform(
        "platform",
        PlatformArgs(config.keda_chart_repository, config.keda_chart_version),
        _in_cluster(cluster),
    )
    listener = LangSmithListener(
        "listener",
        api_key=config.langsmith_api_key,
        workspace_id=config.langsmith_workspace_id,
        compute_id=config.eks_cluster_name,
        namespaces=list(config.agent_namespaces),
        control_plane_url=config.langsmith_host_url,
        delete_adopted=config.delete_adopted_listener,
    )
    _data_plane(config, cluster, redis, platform, listener)

    pulumi.export("clusterName", cluster.cluster_name)
    pulumi.export(
        "kubeconfigCommand", cluster.cluster_name.apply(lambda name: _kubeconfig_command(name, config.region))
    )
    pulumi.export("vpcId", network.vpc_id)
    pulumi.export("natGatewayIps", network.nat_addresses)
    pulumi.export("registryUrl", images.host)
    pulumi.export("repositories", images.repositories)
    pulumi.export("bucket", artifacts.bucket)
    pulumi.export("postgresEndpoint", postgres.endpoint)
    pulumi.export("postgresMasterSecretArn", postgres.master_secret_arn)
    pulumi.export("redisEndpoint", redis.endpoint)
    pulumi.export("controlPlaneUrl", config.langsmith_host_url)
    pulumi.export("workspaceId", config.langsmith_workspace_id)
    pulumi.export("listenerId", listener.listener_id)
    pulumi.export("namespaces", list(config.agent_namespaces))
    pulumi.export("agentsBaseUrl", _agents_base_url(config))


@dataclasses.dataclass(frozen=True)
class _Account:
    """Where AWS resources go, and what was found there.

    Attributes:
        resources: Options that put a component into the account and region.
        partition: AWS partition, such as ``aws``.
        zones: Names of the availability zones to span.
        deployer: ARN of the IAM role or user that runs this program.
    """

    resources: pulumi.ResourceOptions
    partition: str
    zones: Sequence[str]
    deployer: str


def _account(config: LangSmithConfig) -> _Account:
    tags = {
        **config.tags,
        STACK_TAG: f"{pulumi.get_project()}/{pulumi.get_stack()}",
        "langsmith-hybrid:environment": config.environment,
    }
    provider = aws.Provider("aws", region=config.region, default_tags=aws.ProviderDefaultTagsArgs(tags=tags))
    asking = pulumi.InvokeOptions(provider=provider)
    # Local and Wavelength zones have to be opted in to, and EKS does not run in them.
    ordinary = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    zones = aws.get_availability_zones(state="available", filters=[ordinary], opts=asking).names
    # An assumed role's session is nobody EKS knows; the role behind it is.
    session = aws.iam.get_session_context(arn=aws.get_caller_identity(opts=asking).arn, opts=asking)
    return _Account(
        resources=pulumi.ResourceOptions(provider=provider),
        partition=aws.get_partition(opts=asking).partition,
        zones=zones[: config.availability_zones],
        deployer=session.issuer_arn,
    )


def _network(config: LangSmithConfig, account: _Account) -> Network:
    return Network(
        "network",
        NetworkArgs(region=config.region, cidr=config.vpc_cidr, availability_zones=account.zones),
        account.resources,
    )


def _cluster(config: LangSmithConfig, account: _Account, network: Network) -> Cluster:
    return Cluster(
        "cluster",
        ClusterArgs(
            name=names.cluster_name(config.eks_cluster_name, network.vpc_id),
            version=config.eks_cluster_version,
            region=config.region,
            partition=account.partition,
            subnet_ids=network.private_subnet_ids,
            egress=network.egress,
            public_access_cidrs=config.eks_public_access_cidrs,
            admin_arns=list(dict.fromkeys([account.deployer, *config.cluster_admin_arns])),
            log_retention_days=config.log_retention_days,
            nodes=NodeArgs(
                instance_type=config.eks_node_instance_type,
                min_size=config.eks_node_min_size,
                desired_size=config.eks_node_desired_size,
                max_size=config.eks_node_max_size,
                disk_gib=config.eks_node_disk_gib,
            ),
            deletion_protection=config.deletion_protection,
        ),
        account.resources,
    )


def _postgres(config: LangSmithConfig, account: _Account, network: Network, cluster: Cluster) -> Postgres:
    return Postgres(
        "postgres",
        PostgresArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            client_security_group_id=cluster.security_group_id,
            instance_class=config.postgres_instance_class,
            version=config.postgres_version,
            storage_gib=config.postgres_storage_gib,
            backup_days=config.postgres_backup_days,
            deletion_protection=config.deletion_protection,
        ),
        account.resources,
    )


def _redis(config: LangSmithConfig, account: _Account, network: Network, cluster: Cluster) -> Redis:
    return Redis(
        "redis",
        RedisArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            client_security_group_id=cluster.security_group_id,
            node_type=config.redis_node_type,
            version=config.redis_version,
            nodes=config.redis_nodes,
            deletion_protection=config.deletion_protection,
        ),
        account.resources,
    )


def _in_cluster(cluster: Cluster, *after: pulumi.Resource) -> pulumi.ResourceOptions:
    """Options of a component whose Pods need nodes, add-ons and access, and whatever else must come first."""
    return pulumi.ResourceOptions(provider=cluster.kubernetes, depends_on=[*cluster.workloads, *after])


def _data_plane(
    config: LangSmithConfig, cluster: Cluster, redis: Redis, platform: Platform, listener: LangSmithListener
) -> DataPlane:
    return DataPlane(
        "data-plane",
        DataPlaneArgs(
            api_key=config.langsmith_api_key,
            workspace_id=config.langsmith_workspace_id,
            listener_id=listener.listener_id,
            namespaces=config.agent_namespaces,
            queue_url=redis.queue_url,
            host_url=config.langsmith_host_url,
            endpoint=config.langsmith_endpoint,
            hostname=config.agents_hostname,
            tls=config.agents_tls,
            chart_repository=config.dataplane_chart_repository,
            chart_version=config.dataplane_chart_version,
        ),
        _in_cluster(cluster, platform.keda, listener),
    )


def _kubeconfig_command(cluster_name: str, region: str) -> str:
    return f"aws eks update-kubeconfig --name {cluster_name} --region {region}"


def _agents_base_url(config: LangSmithConfig) -> str | None:
    if config.agents_hostname is None:
        return None
    return f"{'https' if config.agents_tls else 'http'}://{config.agents_hostname}"
