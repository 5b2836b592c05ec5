"""From the configuration, and from what stands already, to the arguments of each component."""

from __future__ import annotations

from langsmith_hybrid.account import Account
from langsmith_hybrid.agent_access import AgentAccessArgs
from langsmith_hybrid.agent_stores import AgentStoresArgs, PostgresShare, RedisShare
from langsmith_hybrid.autoscaling import AutoscalingArgs
from langsmith_hybrid.cluster import Cluster, ClusterArgs
from langsmith_hybrid.cluster_access import AccessGrant
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.config_rules import REDIS_DATABASES
from langsmith_hybrid.data_plane import DataPlaneArgs
from langsmith_hybrid.encryption_key import EncryptionKeyArgs, KeyArn, node_starter
from langsmith_hybrid.entrance import Entrance, EntranceArgs
from langsmith_hybrid.gateway_api import GatewayApi, GatewayApiArgs, manifests_of
from langsmith_hybrid.image_registry import ImageRegistryArgs
from langsmith_hybrid.listener.resource import LangSmithListener
from langsmith_hybrid.load_balancer_controller import LoadBalancerControllerArgs
from langsmith_hybrid.network import Network, NetworkArgs
from langsmith_hybrid.network_logs import NetworkLogsArgs
from langsmith_hybrid.nodes import NodeArgs
from langsmith_hybrid.object_store import ObjectStore, ObjectStoreArgs
from langsmith_hybrid.place import Place
from langsmith_hybrid.platform import PlatformArgs
from langsmith_hybrid.postgres import Postgres, PostgresArgs
from langsmith_hybrid.redis import Redis, RedisArgs
from langsmith_hybrid.service_endpoints import ServiceEndpointsArgs


def encryption_key(config: LangSmithConfig, account: Account) -> EncryptionKeyArgs:
    """The key of everything that keeps data."""
    return EncryptionKeyArgs(
        partition=account.partition,
        region=config.region,
        account_id=account.account_id,
        cluster_prefix=config.eks_cluster_name,
        node_starter=node_starter(account.asking),
        flow_logs=config.flow_logs,
        deletion_protection=config.deletion_protection,
    )


def network(config: LangSmithConfig, account: Account) -> NetworkArgs:
    """A network of our own."""
    return NetworkArgs(cidr=config.vpc_cidr, availability_zones=account.zones, nat_gateways=config.nat_gateways)


def service_endpoints(config: LangSmithConfig, place: Network) -> ServiceEndpointsArgs:
    """S3's endpoint, and the interfaces the profile asks for."""
    return ServiceEndpointsArgs(
        vpc_id=place.vpc_id,
        vpc_cidr=place.cidr,
        region=config.region,
        route_table_ids=place.private_route_table_ids,
        subnet_ids=place.private_subnet_ids,
        services=config.interface_endpoints,
    )


def network_logs(config: LangSmithConfig, account: Account, place: Place, key_arn: KeyArn) -> NetworkLogsArgs:
    """Flow logs, kept as long as the cluster's."""
    return NetworkLogsArgs(
        vpc_id=place.vpc_id,
        bucket_prefix=config.s3_bucket_prefix,
        partition=account.partition,
        account_id=account.account_id,
        region=config.region,
        retention_days=config.log_retention_days,
        key_arn=key_arn,
        deletion_protection=config.deletion_protection,
    )


def cluster(config: LangSmithConfig, account: Account, place: Place, key_arn: KeyArn) -> ClusterArgs:
    """The cluster, in the private subnets."""
    return ClusterArgs(
        name_prefix=config.eks_cluster_name,
        version=config.eks_cluster_version,
        region=config.region,
        partition=account.partition,
        subnet_ids=place.private_subnet_ids,
        egress=place.egress,
        public_access_cidrs=config.eks_public_access_cidrs,
        access=[
            *(
                AccessGrant(principal=arn, policy="cluster-admin")
                for arn in dict.fromkeys([account.deployer, *config.cluster_admin_arns])
            ),
            *config.cluster_access,
        ],
        log_retention_days=config.log_retention_days,
        nodes=NodeArgs(
            instance_type=config.eks_node_instance_type,
            system=config.eks_node_system,
            min_size=config.eks_node_min_size,
            desired_size=config.eks_node_desired_size,
            max_size=config.eks_node_max_size,
            disk_gib=config.eks_node_disk_gib,
        ),
        tags=account.tags,
        key_arn=key_arn,
        deletion_protection=config.deletion_protection,
    )


def postgres(config: LangSmithConfig, place: Place, clients: Cluster, key_arn: KeyArn) -> PostgresArgs:
    """The database, open to the cluster's nodes and Pods."""
    return PostgresArgs(
        vpc_id=place.vpc_id,
        subnet_ids=place.private_subnet_ids,
        client_security_group_id=clients.security_group_id,
        instance_class=config.postgres_instance_class,
        version=config.postgres_version,
        multi_az=config.postgres_multi_az,
        storage_gib=config.postgres_storage_gib,
        backup_days=config.postgres_backup_days,
        key_arn=key_arn,
        apply_immediately=config.stores_apply_immediately,
        deletion_protection=config.deletion_protection,
    )


def redis(config: LangSmithConfig, place: Place, clients: Cluster, key_arn: KeyArn) -> RedisArgs:
    """The queue and cache, open to the cluster's nodes and Pods."""
    return RedisArgs(
        vpc_id=place.vpc_id,
        subnet_ids=place.private_subnet_ids,
        client_security_group_id=clients.security_group_id,
        node_type=config.redis_node_type,
        version=config.redis_version,
        nodes=config.redis_nodes,
        databases=REDIS_DATABASES,
        token_generation=config.redis_token_generation,
        key_arn=key_arn,
        apply_immediately=config.stores_apply_immediately,
        deletion_protection=config.deletion_protection,
    )


def object_store(config: LangSmithConfig, key_arn: KeyArn) -> ObjectStoreArgs:
    """The agents' bucket."""
    return ObjectStoreArgs(config.s3_bucket_prefix, key_arn, config.deletion_protection)


def image_registry(config: LangSmithConfig, key_arn: KeyArn) -> ImageRegistryArgs:
    """The agents' repositories."""
    return ImageRegistryArgs(config.agents, key_arn, config.deletion_protection)


def agent_access(config: LangSmithConfig, runs_on: Cluster, bucket: ObjectStore, key_arn: KeyArn) -> AgentAccessArgs:
    """The agents' way to their bucket."""
    return AgentAccessArgs(runs_on.cluster_name, config.agent_namespaces, bucket.arn, config.region, key_arn)


def agent_stores(
    config: LangSmithConfig, runs_on: Cluster, postgres: Postgres | None, redis: Redis | None, key_arn: KeyArn
) -> AgentStoresArgs:
    """The agents' part of each store there is."""
    return AgentStoresArgs(
        agents=config.agents,
        namespaces=config.agent_namespaces,
        cluster_name=runs_on.cluster_name,
        image=config.agent_stores_image,
        postgres=postgres and PostgresShare(postgres.endpoint, postgres.master_secret_arn, config.region, key_arn),
        redis=RedisShare(redis.endpoint, redis.token, REDIS_DATABASES) if redis else None,
    )


def autoscaling(config: LangSmithConfig, account: Account, resizes: Cluster) -> AutoscalingArgs:
    """The cluster's autoscaler."""
    return AutoscalingArgs(
        cluster_name=resizes.cluster_name,
        cluster_version=config.eks_cluster_version,
        partition=account.partition,
        region=config.region,
        account_id=account.account_id,
        chart_repository=config.autoscaler_chart_repository,
        chart_version=config.autoscaler_chart_version,
    )


def platform(config: LangSmithConfig, key_arn: KeyArn) -> PlatformArgs:
    """What the data plane's chart takes for granted."""
    return PlatformArgs(config.keda_chart_repository, config.keda_chart_version, key_arn)


def gateway_api(config: LangSmithConfig) -> GatewayApiArgs:
    """The release's objects, read in previews too."""
    return GatewayApiArgs(manifests_of(config.gateway_api_manifest))


def load_balancer_controller(
    config: LangSmithConfig, account: Account, place: Place, runs_on: Cluster, api: GatewayApi | None
) -> LoadBalancerControllerArgs:
    """The controller, after what it must find when it starts."""
    return LoadBalancerControllerArgs(
        cluster_name=runs_on.cluster_name,
        vpc_id=place.vpc_id,
        region=config.region,
        partition=account.partition,
        account_id=account.account_id,
        tags=account.tags,
        definitions=api.definitions if api else (),
        chart_repository=config.load_balancer_controller_chart_repository,
        chart_version=config.load_balancer_controller_chart_version,
    )


def entrance(config: LangSmithConfig, place: Place, agents_run_on: Cluster) -> EntranceArgs:
    """The way in to the agents."""
    return EntranceArgs(
        exposure=config.exposure,
        routing=config.agents_routing,
        hostname=config.agents_hostname,
        secure=config.is_secure,
        certificate_arn=config.certificate_arn,
        hosted_zone_id=config.hosted_zone_id,
        namespaces=config.agent_namespaces,
        vpc_id=place.vpc_id,
        vpc_cidr=place.cidr,
        region=config.region,
        agents_security_group_id=agents_run_on.security_group_id,
    )


def data_plane(
    config: LangSmithConfig, listener: LangSmithListener, way_in: Entrance, queue: Redis | None
) -> DataPlaneArgs:
    """The data plane, told who it is by the listener."""
    return DataPlaneArgs(
        api_key=config.langsmith_api_key,
        workspace_id=config.langsmith_workspace_id,
        listener_id=listener.listener_id,
        namespaces=config.agent_namespaces,
        queue_url=queue.queue_url if queue else None,
        host_url=config.langsmith.control_plane,
        endpoint=config.langsmith.api,
        health_check=config.agents_hostname is not None,
        exposure=way_in.chart_values,
        chart_repository=config.dataplane_chart_repository,
        chart_version=config.dataplane_chart_version,
        operator_version=config.dataplane_operator_version,
    )
