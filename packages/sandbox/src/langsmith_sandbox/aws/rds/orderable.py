"""DescribeOrderableDBInstanceOptions: what can be ordered in which zones, one option a version and storage type."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from langsmith_sandbox.aws.machine_types import DATABASE_FAMILIES, zones_with
from langsmith_sandbox.aws.rds.engines import ENGINE, POSTGRES

_STORAGE = ("gp2", "gp3", "io1", "io2")


class OrderableOperations(RDSResponse):
    """One class at a time: moto knows none of PostgreSQL's."""

    def describe_orderable_db_instance_options(self) -> ActionResult:
        wanted, version = self._get_param("DBInstanceClass"), self._get_param("EngineVersion")
        if self._get_param("Engine") != ENGINE or not wanted:
            raise NotImplementedError("DescribeOrderableDBInstanceOptions: name the engine postgres and a class")
        zones = zones_with(wanted, "db", DATABASE_FAMILIES, self.region)
        listed = [
            {
                "Engine": ENGINE,
                "EngineVersion": minor,
                "DBInstanceClass": wanted,
                "LicenseModel": "postgresql-license",
                "AvailabilityZones": [{"Name": zone} for zone in zones],
                "MultiAZCapable": True,
                "ReadReplicaCapable": True,
                "Vpc": True,
                "StorageType": storage,
                "SupportsStorageEncryption": True,
            }
            for minors in POSTGRES.values()
            for minor in minors
            for storage in _STORAGE
            if version in {None, minor}
        ]
        return ActionResult({"OrderableDBInstanceOptions": listed if zones else []})
