"""Redis: an ElastiCache replication group on Valkey, encrypted at rest and on the wire."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import Component
from langsmith_hybrid.generated_token import GeneratedToken
from langsmith_hybrid.store_access import reachable_from

PORT = 6379


@dataclasses.dataclass(frozen=True)
class RedisArgs:
    """What the replication group is made from.

    Attributes:
        vpc_id: The VPC; ``subnet_ids`` are its private subnets.
        client_security_group_id: The one group that may connect.
        node_type: ElastiCache node type; ``version`` is the Valkey version.
        nodes: A primary and its replicas; without a replica nothing takes over.
        databases: Numbered databases: the listener has 0, each agent another.
        token_generation: Another number gives a new token; for a while ElastiCache takes the old one too.
        key_arn: KMS key it is encrypted with; None for one of AWS's own.
        apply_immediately: Whether changes wait for no maintenance window.
        deletion_protection: Keep a final snapshot on destroy.
    """

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    client_security_group_id: pulumi.Input[str]
    node_type: str
    version: str
    nodes: int
    databases: int
    token_generation: int
    key_arn: pulumi.Input[str] | None
    apply_immediately: bool
    deletion_protection: bool


class Redis(Component):
    """Valkey, with automatic failover if it has replicas, open to the cluster's security group alone, by TLS and token.

    Cluster mode stays off: it has database 0 only, and the listener and the agents each need one of their own.

    Attributes:
        endpoint: ``host:port`` of the primary.
        token: What lets in; a secret.
        queue_url: ``rediss://`` URL of database 0, the listener's job queue; a secret, since it holds the token.
    """

    endpoint: pulumi.Output[str]
    token: pulumi.Output[str]
    queue_url: pulumi.Output[str]

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        subnet_group = aws.elasticache.SubnetGroup(name, subnet_ids=list(args.subnet_ids), opts=self.child())
        parameters = aws.elasticache.ParameterGroup(
            name,
            family=f"valkey{args.version.partition('.')[0]}",
            parameters=[
                # A queue that evicts jobs when memory runs out loses deployments silently; an error is better.
                aws.elasticache.ParameterGroupParameterArgs(name="maxmemory-policy", value="noeviction"),
                aws.elasticache.ParameterGroupParameterArgs(name="databases", value=str(args.databases)),
            ],
            opts=self.child(),
        )
        firewall = reachable_from(
            args.client_security_group_id,
            name=name,
            vpc_id=args.vpc_id,
            port=PORT,
            description="Valkey, from the cluster only",
            opts=self.child(),
        )
        self.token = GeneratedToken(f"{name}-token", generation=args.token_generation, opts=self.child()).value
        group = aws.elasticache.ReplicationGroup(
            name,
            description="LangSmith listener queue and agents",
            engine="valkey",
            engine_version=args.version,
            node_type=args.node_type,
            num_cache_clusters=args.nodes,
            automatic_failover_enabled=args.nodes > 1,
            multi_az_enabled=args.nodes > 1,
            at_rest_encryption_enabled=True,
            kms_key_id=args.key_arn,
            transit_encryption_enabled=True,
            auth_token=self.token,
            port=PORT,
            parameter_group_name=parameters.name,
            subnet_group_name=subnet_group.name,
            security_group_ids=[firewall.id],
            snapshot_retention_limit=1,
            final_snapshot_identifier=(
                subnet_group.name.apply(lambda unique: f"{unique}-final") if args.deletion_protection else None
            ),
            auto_minor_version_upgrade=True,
            apply_immediately=args.apply_immediately,
            opts=self.child(),
        )
        self.endpoint = group.primary_endpoint_address.apply(lambda host: f"{host}:{PORT}")
        self.queue_url = pulumi.Output.concat("rediss://:", self.token, "@", self.endpoint, "/0")
        self.register_outputs({"endpoint": self.endpoint})
