"""PostgreSQL versions on offer. https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from langsmith_sandbox.aws.errors import AwsError

ENGINE = "postgres"
# By major version, newest minor first; the first one is AWS's default for the major.
POSTGRES = {
    "18": ("18.1",),
    "17": ("17.7", "17.6"),
    "16": ("16.11", "16.10", "16.9"),
    "15": ("15.15", "15.14", "15.8"),
}
DEFAULT_MAJOR = "17"


def resolve(version: str | None) -> str:
    """The full version for a major, a full version or nothing; InvalidParameterCombination for others."""
    if version is None:
        return POSTGRES[DEFAULT_MAJOR][0]
    if version in POSTGRES:
        return POSTGRES[version][0]
    if version in POSTGRES.get(version.partition(".")[0], ()):
        return version
    raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for {ENGINE}")


class EngineOperations(RDSResponse):
    """DescribeDBEngineVersions, which moto lacks."""

    def describe_db_engine_versions(self) -> ActionResult:
        engine, version = self._get_param("Engine"), self._get_param("EngineVersion")
        family, only_default = self._get_param("DBParameterGroupFamily"), self._get_bool_param("DefaultOnly")
        listed = [
            _describe(major, minor)
            for major, minors in POSTGRES.items()
            for minor in minors
            if engine in {None, ENGINE}
            and version in {None, major, minor}
            and family in {None, ENGINE + major}
            and (not only_default or (minor == minors[0] and (version is not None or major == DEFAULT_MAJOR)))
        ]
        return ActionResult({"DBEngineVersions": listed})


def _describe(major: str, minor: str) -> dict[str, Any]:
    later = [version for other in POSTGRES.values() for version in other if _order(version) > _order(minor)]
    return {
        "Engine": ENGINE,
        "MajorEngineVersion": major,
        "EngineVersion": minor,
        "DBParameterGroupFamily": ENGINE + major,
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {minor}",
        "Status": "available",
        "ExportableLogTypes": ["postgresql", "upgrade"],
        "SupportsReadReplica": True,
        "ValidUpgradeTarget": [
            {"Engine": ENGINE, "EngineVersion": version, "Description": f"PostgreSQL {version}", "AutoUpgrade": False,
             "IsMajorVersionUpgrade": version.partition(".")[0] != major}
            for version in later
        ],
    }  # fmt: skip


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
