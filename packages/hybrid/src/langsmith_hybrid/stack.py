"""The story of the system, in the order in which it comes to be."""

from __future__ import annotations

import datetime as dt

import pulumi

from langsmith_hybrid import arguments, eks_versions
from langsmith_hybrid.account import Account
from langsmith_hybrid.agent_access import AgentAccess
from langsmith_hybrid.agent_stores import AgentStores
from langsmith_hybrid.autoscaling import Autoscaling
from langsmith_hybrid.cluster import Cluster
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.data_plane import DataPlane
from langsmith_hybrid.encryption_key import EncryptionKey
from langsmith_hybrid.entrance import Entrance
from langsmith_hybrid.existing_network import ExistingNetwork
from langsmith_hybrid.gateway_api import GatewayApi
from langsmith_hybrid.image_registry import ImageRegistry
from langsmith_hybrid.listener.resource import LangSmithListener
from langsmith_hybrid.load_balancer_controller import LoadBalancerController
from langsmith_hybrid.network import Network
from langsmith_hybrid.network_logs import NetworkLogs
from langsmith_hybrid.object_store import ObjectStore
from langsmith_hybrid.place import Place
from langsmith_hybrid.platform import Platform
from langsmith_hybrid.postgres import Postgres
from langsmith_hybrid.redis import Redis
from langsmith_hybrid.service_endpoints import ServiceEndpoints


def deploy(config: LangSmithConfig) -> None:
    """Declare LangSmith Hybrid: network, cluster, stores, platform, entrance, listener, data plane, in this order.

    Each component is handed what it needs from those before it, as typed outputs; none reaches back.

    Raises:
        ConfigError: The account or region does not have what the configuration asks for.
    """
    if notice := eks_versions.notice(config.eks_cluster_version, dt.datetime.now(dt.UTC).date()):
        pulumi.log.warn(notice)
    account = Account.of(config)
    on_aws = account.resources

    key_arn = None
    if config.customer_managed_key:
        key_arn = EncryptionKey("key", arguments.encryption_key(config, account), on_aws).arn

    network = _existing_network(config, account, config.vpc_id) if config.vpc_id else _own_network(config, account)
    if config.flow_logs:
        NetworkLogs("network-logs", arguments.network_logs(config, account, network, key_arn), on_aws)

    cluster = Cluster("cluster", arguments.cluster(config, account, network, key_arn), on_aws)

    postgres = redis = artifacts = None
    if config.postgres_enabled:
        postgres = Postgres("postgres", arguments.postgres(config, network, cluster, key_arn), on_aws)
    if config.redis_enabled:
        redis = Redis("redis", arguments.redis(config, network, cluster, key_arn), on_aws)
    if config.artifacts_enabled:
        artifacts = ObjectStore("artifacts", arguments.object_store(config, key_arn), on_aws)
        AgentAccess("agents", arguments.agent_access(config, cluster, artifacts, key_arn), on_aws)
    images = ImageRegistry("images", arguments.image_registry(config, key_arn), on_aws)

    Autoscaling("autoscaler", arguments.autoscaling(config, account, cluster), _on_both(account, cluster))
    platform = Platform("platform", arguments.platform(config, key_arn), _in_cluster(cluster))
    listener = LangSmithListener(
        "listener",
        api_key=config.langsmith_api_key,
        workspace_id=config.langsmith_workspace_id,
        compute_id=config.eks_cluster_name,
        namespaces=list(config.agent_namespaces),
        control_plane_url=config.langsmith.control_plane,
        delete_adopted=config.delete_adopted_listener,
    )
    entrance = _way_in(config, account, network, cluster)
    data_plane = DataPlane(
        "data-plane",
        arguments.data_plane(config, listener, entrance, redis),
        _in_cluster(cluster, platform.keda, listener, entrance),
    )
    references = None
    if config.agents and (postgres or redis):
        references = AgentStores(
            "agent-stores",
            arguments.agent_stores(config, cluster, postgres, redis, key_arn),
            _on_both(account, cluster, *data_plane.namespaces),
        ).references

    pulumi.export("clusterName", cluster.cluster_name)
    pulumi.export(
        "kubeconfigCommand", cluster.cluster_name.apply(lambda name: _kubeconfig_command(name, config.region))
    )
    pulumi.export("vpcId", network.vpc_id)
    pulumi.export("natGatewayIps", network.nat_addresses)
    pulumi.export("registryUrl", images.host)
    pulumi.export("repositories", images.repositories)
    pulumi.export("egressHosts", config.langsmith.egress)
    pulumi.export("bucket", artifacts and artifacts.bucket)
    pulumi.export("postgresEndpoint", postgres and postgres.endpoint)
    pulumi.export("postgresMasterSecretArn", postgres and postgres.master_secret_arn)
    pulumi.export("redisEndpoint", redis and redis.endpoint)
    pulumi.export("agentSecretReferences", references or {})
    # With these a deploy target is complete, whatever the shell that uses it has set.
    pulumi.export("controlPlaneUrl", config.langsmith.control_plane)
    pulumi.export("workspaceId", config.langsmith_workspace_id)
    pulumi.export("listenerId", listener.listener_id)
    pulumi.export("namespaces", list(config.agent_namespaces))
    pulumi.export("agentsBaseUrl", config.agents_base_url)
    pulumi.export("loadBalancerAddress", entrance.address)


def _own_network(config: LangSmithConfig, account: Account) -> Place:
    network = Network("network", arguments.network(config, account), account.resources)
    ServiceEndpoints("endpoints", arguments.service_endpoints(config, network), account.resources)
    return network


def _existing_network(config: LangSmithConfig, account: Account, vpc_id: str) -> Place:
    """Endpoints and routes of a VPC that was there before are its owner's: it is looked at, and left as it is."""
    return ExistingNetwork.find(vpc_id, config.private_subnet_ids, config.public_subnet_ids, account.asking)


def _way_in(config: LangSmithConfig, account: Account, network: Place, cluster: Cluster) -> Entrance:
    """The controller of load balancers, and ours, which goes before its controller does."""
    gateway_api = None
    if config.agents_routing == "gateway":
        gateway_api = GatewayApi("gateway-api", arguments.gateway_api(config), _in_cluster(cluster))
    controller = LoadBalancerController(
        "load-balancer-controller",
        arguments.load_balancer_controller(config, account, network, cluster, gateway_api),
        _on_both(account, cluster),
    )
    return Entrance("entrance", arguments.entrance(config, network, cluster), _on_both(account, cluster, controller))


def _in_cluster(cluster: Cluster, *after: pulumi.Resource) -> pulumi.ResourceOptions:
    """Options of a component whose Pods need nodes, add-ons and access, and whatever else must come first."""
    return pulumi.ResourceOptions(provider=cluster.kubernetes, depends_on=[*cluster.workloads, *after])


def _on_both(account: Account, cluster: Cluster, *after: pulumi.Resource) -> pulumi.ResourceOptions:
    """Options of a component that has parts in AWS, and Pods or other objects in the cluster."""
    providers = [account.provider, cluster.kubernetes]
    return pulumi.ResourceOptions(providers=providers, depends_on=[*cluster.workloads, *after])


def _kubeconfig_command(cluster_name: str, region: str) -> str:
    return f"aws eks update-kubeconfig --name {cluster_name} --region {region}"
