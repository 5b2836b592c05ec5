"""The two sizes a stack comes in, side by side. A stack file picks one, and overrides any field of it by its key."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal

NatGateways = Literal["single", "per-zone"]
ProfileName = Literal["dev", "production"]

# The AWS services nodes, controllers and operators call, so that a private cluster works without a way through NAT:
# pulling images, credentials and Pod Identity (eks-auth), logs, scaling, load balancers, sessions, keys and secrets.
_SERVICES_NODES_CALL = (
    "autoscaling",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Profile:
    """What differs between trying things out and running them for others.

    Attributes:
        availability_zones: How many zones to span, 2 or 3.
        nat_gateways: ``single``, or ``per-zone``: then the loss of a zone cuts off no other zone's way out.
        interface_endpoints: AWS services reached inside the VPC instead of through NAT; S3 always is.
        flow_logs: Whether every connection in the VPC is recorded, in a bucket of its own.
        eks_node_instance_type: EC2 instance type of the nodes.
        eks_node_min_size: Fewest nodes; ``eks_node_desired_size`` and ``eks_node_max_size`` likewise.
        eks_node_disk_gib: Size of a node's encrypted volume for images and containers in GiB.
        postgres_instance_class: RDS instance class.
        postgres_multi_az: Whether a standby in another zone takes over.
        postgres_storage_gib: Allocated gp3 storage in GiB.
        postgres_backup_days: Days automated backups are kept, 1 to 35.
        redis_node_type: ElastiCache node type.
        redis_nodes: A primary and its replicas, 1 to 6; from 2 on a replica in another zone takes over.
        stores_apply_immediately: Whether changes to the stores that interrupt them wait for no maintenance window.
        log_retention_days: Days control-plane and flow logs are kept.
        customer_managed_key: Whether data at rest is encrypted with a KMS key of the stack's own, or with AWS's.
        deletion_protection: Protects cluster and database, keeps a final snapshot, and keeps data on destroy.
    """

    availability_zones: int
    nat_gateways: NatGateways
    interface_endpoints: tuple[str, ...]
    flow_logs: bool
    eks_node_instance_type: str
    eks_node_min_size: int
    eks_node_desired_size: int
    eks_node_max_size: int
    eks_node_disk_gib: int
    postgres_instance_class: str
    postgres_multi_az: bool
    postgres_storage_gib: int
    postgres_backup_days: int
    redis_node_type: str
    redis_nodes: int
    stores_apply_immediately: bool
    log_retention_days: int
    customer_managed_key: bool
    deletion_protection: bool


DEV = Profile(
    availability_zones=2,
    nat_gateways="single",
    interface_endpoints=(),
    flow_logs=False,
    eks_node_instance_type="m6i.xlarge",
    # The chart's listener and operator request 1 CPU and 2 GiB each; two nodes hold them and a first agent.
    eks_node_min_size=2,
    eks_node_desired_size=2,
    eks_node_max_size=8,
    eks_node_disk_gib=50,
    postgres_instance_class="db.t4g.medium",
    postgres_multi_az=False,
    postgres_storage_gib=50,
    postgres_backup_days=7,
    redis_node_type="cache.t4g.small",
    redis_nodes=1,
    stores_apply_immediately=True,
    log_retention_days=14,
    customer_managed_key=False,
    deletion_protection=False,
)

PRODUCTION = Profile(
    availability_zones=3,
    nat_gateways="per-zone",
    interface_endpoints=_SERVICES_NODES_CALL,
    flow_logs=True,
    eks_node_instance_type="m6i.2xlarge",
    # One node a zone at least, so that no zone has to start one before it can take over.
    eks_node_min_size=3,
    eks_node_desired_size=3,
    eks_node_max_size=12,
    eks_node_disk_gib=100,
    postgres_instance_class="db.m7g.large",
    postgres_multi_az=True,
    postgres_storage_gib=100,
    postgres_backup_days=30,
    redis_node_type="cache.m7g.large",
    redis_nodes=2,
    stores_apply_immediately=False,
    log_retention_days=90,
    customer_managed_key=True,
    deletion_protection=True,
)

PROFILES: Mapping[str, Profile] = {"dev": DEV, "production": PRODUCTION}
