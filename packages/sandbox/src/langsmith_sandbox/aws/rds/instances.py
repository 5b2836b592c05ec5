"""DB instances: creation, change and deletion that take their time and hold what they use."""

from __future__ import annotations

import json
from typing import Any

import moto.rds.models as moto_rds
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.rds.models import DBInstance, MasterUserSecret
from moto.rds.responses import RDSResponse

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.errors import AwsError
from langsmith_sandbox.aws.rds import server
from langsmith_sandbox.aws.rds.engines import ENGINE, resolve
from langsmith_sandbox.aws.store_servers import is_coming_up

# Route 53 zone of RDS endpoints in us-east-1; AWS has one per region.
_HOSTED_ZONE = "Z2R2ITUGPM61AM"
_SETTLED = "available"
_LOOK_AGAIN = 0.2  # seconds
# Changes that wait for the maintenance window unless ApplyImmediately is set.
_DEFERRED = ("DBInstanceClass", "EngineVersion", "AllocatedStorage", "MultiAZ", "StorageType", "Iops")


class InstanceOperations(RDSResponse):
    """CreateDBInstance, ModifyDBInstance, DeleteDBInstance and the tags of everything in RDS."""

    def create_db_instance(self) -> ActionResult:
        asked = self.params
        if asked.get("Engine") != ENGINE:
            raise AwsError("InvalidParameterValue", f"The sandbox offers the engine {ENGINE} only.")
        if not asked.get("ManageMasterUserPassword") and not asked.get("MasterUserPassword"):
            raise AwsError("InvalidParameterValue", "The parameter MasterUserPassword must be provided.")
        if asked.get("ManageMasterUserPassword") and asked.get("MasterUserPassword"):
            raise AwsError(
                "InvalidParameterCombination",
                "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled.",
            )
        self._check_port(asked.get("Port"))
        asked["EngineVersion"] = resolve(asked.get("EngineVersion"))
        database = self.backend.create_db_instance(asked)
        database.dbi_resource_id = f"db-{mock_random.get_random_string(26).upper()}"
        database.status = "creating"
        _note_insights(database, asked)
        if database.storage_encrypted and not asked.get("KmsKeyId"):
            database.kms_key_id = self.backend.kms.describe_key("alias/aws/rds").arn
        self._place_database(database)
        server.keep(database)
        self._settle_database(database)
        return ActionResult({"DBInstance": database})

    def modify_db_instance(self) -> ActionResult:
        asked = self.params
        database = self._available_database()
        if asked.get("EngineVersion"):
            asked["EngineVersion"] = resolve(asked["EngineVersion"])
            _check_upgrade(database, asked["EngineVersion"], bool(asked.get("AllowMajorVersionUpgrade")))
        deferred = {} if asked.get("ApplyImmediately") else {name: asked[name] for name in _DEFERRED if asked.get(name)}
        for name in deferred:
            del asked[name]
        answer = super().modify_db_instance()
        database.pending_modified_values = deferred  # type: ignore[attr-defined]
        _note_insights(database, asked)
        interfaces.release(self.current_account, self.region, _owner(database))
        self._place_database(database)
        server.keep(database)
        database.status = "modifying"
        self._settle_database(database)
        return answer

    def delete_db_instance(self) -> ActionResult:
        asked = self.params
        database = self._available_database()
        if database.deletion_protection:
            raise AwsError(
                "InvalidParameterCombination",
                "Cannot delete protected DB Instance, please disable deletion protection and try again.",
            )
        final, skip = asked.get("FinalDBSnapshotIdentifier"), asked.get("SkipFinalSnapshot")
        if not skip and not final:
            raise AwsError(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            )
        if final and not skip:
            self.backend.validate_db_snapshot_identifier(final, parameter_name="FinalDBSnapshotIdentifier")
            tags = list(database.tags) if database.copy_tags_to_snapshot else []
            self.backend.create_db_snapshot(database.db_instance_identifier, final, tags=tags)
        database.status = "deleting"
        backend, account, region = self.backend, self.current_account, self.region
        drop_backups = asked.get("DeleteAutomatedBackups") is not False

        def remove() -> None:
            interfaces.release(account, region, _owner(database))
            current().stores.drop(server.name_of(database))
            backend.delete_db_instance(
                database.db_instance_identifier, skip_final_snapshot=True, delete_automated_backups=drop_backups
            )

        current().clock.after(current().delays.database, remove)
        return ActionResult({"DBInstance": database})

    def list_tags_for_resource(self) -> ActionResult:
        self._check_taggable()
        return super().list_tags_for_resource()

    def add_tags_to_resource(self) -> ActionResult:
        self._check_taggable()
        return super().add_tags_to_resource()

    def _available_database(self) -> DBInstance:
        database = self.backend.describe_db_instances(self.params.get("DBInstanceIdentifier"))[0]
        if database.status != _SETTLED:
            raise AwsError(
                "InvalidDBInstanceState",
                f"Instance {database.db_instance_identifier} is not currently in the available state: "
                f"it is {database.status}.",
            )
        return database

    def _check_port(self, port: int | None) -> None:
        if port is not None and not 1150 <= int(port) <= 65535:
            raise AwsError("InvalidParameterValue", f"Invalid port {port}: it must be between 1150 and 65535.")

    def _check_taggable(self) -> None:
        """Moto answers for resources that do not exist; AWS says so."""
        arn = self._get_param("ResourceName")
        kind, _, name = arn.partition(":rds:")[2].partition(":")[2].partition(":")[2].partition(":")
        codes = {"db": "DBInstanceNotFound", "subgrp": "DBSubnetGroupNotFoundFault", "pg": "DBParameterGroupNotFound"}
        known = {
            "db": self.backend.databases,
            "subgrp": self.backend.subnet_groups,
            "pg": self.backend.db_parameter_groups,
        }
        if kind in known and name not in known[kind]:
            raise AwsError(codes[kind], f"Could not find a resource matching ResourceName: {arn}.")

    def _place_database(self, database: DBInstance) -> None:
        """Gives the instance, and its standby, an interface in a subnet of its subnet group."""
        group = getattr(database, "db_subnet_group", None)
        if group is None:
            return
        subnets = [subnet["SubnetIdentifier"] for subnet in group.subnets]
        zones = [subnet["SubnetAvailabilityZone"]["Name"] for subnet in group.subnets]
        database.availability_zone = zones[0]
        database.secondary_availability_zone = zones[1] if database.multi_az else None  # type: ignore[attr-defined]
        interfaces.register(
            self.current_account, self.region, _owner(database), subnets[: 2 if database.multi_az else 1],
            database.vpc_security_group_ids, "RDSNetworkInterface",
        )  # fmt: skip

    def _settle_database(self, database: DBInstance) -> None:
        def settle() -> None:
            if is_coming_up(current().stores, server.name_of(database)):
                current().clock.after(_LOOK_AGAIN, settle)
            elif database.status in {"creating", "modifying"}:
                database.status = _SETTLED

        current().clock.after(current().delays.database, settle)


def adjust_models() -> None:
    """Corrects moto's models: the endpoint's zone, and a master secret with a real user and a password of its own."""
    moto_rds.uuid = mock_random  # type: ignore[assignment] - its uuid4 follows the seed, so that a replay matches
    DBInstance.endpoint = property(_endpoint)  # type: ignore[assignment]
    MasterUserSecret._generate_secret_string = _secret_string  # noqa: SLF001 - moto offers no other way in
    MasterUserSecret.rotate_secret = _rotate  # type: ignore[method-assign]


def _endpoint(database: DBInstance) -> dict[str, Any] | None:
    if database.status == "creating":
        return None
    return {**server.endpoint(database), "HostedZoneId": _HOSTED_ZONE}


def _secret_string(self: MasterUserSecret) -> str:
    return json.dumps({"username": self.resource.master_username, "password": mock_random.get_random_string(28)})


def _rotate(self: MasterUserSecret) -> None:
    """A new password as the current one; moto's own rotation keeps the old."""
    token = str(mock_random.uuid4())
    self.secretsmanager.put_secret_value(self.secret_arn, _secret_string(self), "", token, ["AWSCURRENT"])
    self._status = "rotating"


def _owner(database: DBInstance) -> str:
    return f"rds/{database.db_instance_identifier}"


def _note_insights(database: DBInstance, asked: Any) -> None:
    """Keeps the monitoring settings that moto drops."""
    wanted = {
        "performance_insights_enabled": asked.get("EnablePerformanceInsights"),
        "performance_insights_kms_key_id": asked.get("PerformanceInsightsKMSKeyId"),
        "performance_insights_retention_period": asked.get("PerformanceInsightsRetentionPeriod"),
        "database_insights_mode": asked.get("DatabaseInsightsMode"),
    }
    defaults = {"performance_insights_enabled": False, "database_insights_mode": "standard"}
    for name, value in wanted.items():
        if value is not None or not hasattr(database, name):
            setattr(database, name, defaults.get(name) if value is None else value)


def _check_upgrade(database: DBInstance, wanted: str, major_allowed: bool) -> None:
    present = database.engine_version
    before, after = ([int(part) for part in version.split(".")] for version in (present, wanted))
    if after < before:
        raise AwsError("InvalidParameterCombination", f"Cannot upgrade {ENGINE} from {present} to {wanted}")
    if after[0] != before[0] and not major_allowed:
        raise AwsError(
            "InvalidParameterCombination", "The AllowMajorVersionUpgrade flag must be present when upgrading to a new "
            "major version.",
        )  # fmt: skip
