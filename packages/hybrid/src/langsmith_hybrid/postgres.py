"""PostgreSQL: an encrypted RDS instance whose password neither a person nor the state file ever holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import Component
from langsmith_hybrid.store_access import reachable_from

PORT = 5432
_MASTER_USER = "langsmith"
# RDS grows gp3 storage by itself up to this many times what was asked for.
_STORAGE_GROWTH = 4
_INSIGHTS_DAYS = 7


@dataclasses.dataclass(frozen=True)
class PostgresArgs:
    """What the database is made from.

    Attributes:
        vpc_id: The VPC; ``subnet_ids`` are its private subnets, in two zones at least.
        client_security_group_id: The one group that may connect.
        instance_class: RDS instance class; ``version`` is PostgreSQL's major version.
        multi_az: Whether a standby in another zone takes over.
        storage_gib: Allocated gp3 storage in GiB.
        backup_days: Days automated backups are kept.
        key_arn: KMS key for storage, master password and insights; None for keys of AWS's own.
        apply_immediately: Whether changes wait for no maintenance window.
        deletion_protection: Refuse deletion, and keep a final snapshot when it comes to it.
    """

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    client_security_group_id: pulumi.Input[str]
    instance_class: str
    version: str
    multi_az: bool
    storage_gib: int
    backup_days: int
    key_arn: pulumi.Input[str] | None
    apply_immediately: bool
    deletion_protection: bool


class Postgres(Component):
    """RDS PostgreSQL in private subnets, TLS only, reachable from the cluster's security group alone.

    Attributes:
        endpoint: ``host:port``.
        master_secret_arn: Secrets Manager secret in which RDS keeps and rotates the master password.
    """

    endpoint: pulumi.Output[str]
    master_secret_arn: pulumi.Output[str]

    def __init__(self, name: str, args: PostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        subnet_group = aws.rds.SubnetGroup(name, subnet_ids=list(args.subnet_ids), opts=self.child())
        parameters = aws.rds.ParameterGroup(
            name,
            family=f"postgres{args.version}",
            parameters=[aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1")],
            opts=self.child(),
        )
        firewall = reachable_from(
            args.client_security_group_id,
            name=name,
            vpc_id=args.vpc_id,
            port=PORT,
            description="PostgreSQL, from the cluster only",
            opts=self.child(),
        )
        instance = aws.rds.Instance(
            name,
            engine="postgres",
            engine_version=args.version,
            instance_class=args.instance_class,
            multi_az=args.multi_az,
            allocated_storage=args.storage_gib,
            max_allocated_storage=args.storage_gib * _STORAGE_GROWTH,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            username=_MASTER_USER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=subnet_group.name,
            parameter_group_name=parameters.name,
            vpc_security_group_ids=[firewall.id],
            publicly_accessible=False,
            backup_retention_period=args.backup_days,
            copy_tags_to_snapshot=True,
            # The successor of Performance Insights. "standard" costs nothing, and RDS keeps its data for seven days.
            database_insights_mode="standard",
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=_INSIGHTS_DAYS,
            auto_minor_version_upgrade=True,
            # A new major version comes with a parameter group of its own, and is asked for by its number.
            allow_major_version_upgrade=True,
            apply_immediately=args.apply_immediately,
            deletion_protection=args.deletion_protection,
            skip_final_snapshot=not args.deletion_protection,
            # Ends in the instance's own random characters, so the snapshot of an earlier run is never in the way.
            final_snapshot_identifier=(
                subnet_group.name.apply(lambda unique: f"{unique}-final") if args.deletion_protection else None
            ),
            opts=self.child(),
        )
        self.endpoint = instance.endpoint
        self.master_secret_arn = instance.master_user_secrets.apply(
            lambda secrets: (secrets[0].secret_arn if secrets else None) or ""
        )
        self.register_outputs({"endpoint": self.endpoint})
