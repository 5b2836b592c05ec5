"""Parameter groups and subnet groups."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from langsmith_sandbox.aws.elasticache.handler import CacheHandler
from langsmith_sandbox.aws.elasticache.state import (
    FAMILIES,
    VERSIONS,
    ParameterGroup,
    SubnetGroup,
    parameter_group_named,
    subnet_group_named,
)
from langsmith_sandbox.aws.errors import AwsError


class ParameterGroupOperations(CacheHandler):
    """Parameter groups, their parameters, and the engine versions their families belong to."""

    def create_cache_parameter_group(self) -> ActionResult:
        name, family = self.param("CacheParameterGroupName").lower(), self.param("CacheParameterGroupFamily")
        if name in self.state.parameter_groups:
            raise AwsError("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists.")
        if family not in FAMILIES:
            raise AwsError(
                "InvalidParameterValue", f"CacheParameterGroupFamily {family} is not a valid parameter group family."
            )
        group = ParameterGroup(name, self.arn("parametergroup", name), family, self.param("Description", ""))
        self.state.parameter_groups[name] = group
        self.keep_tags(group.arn)
        return ActionResult({"CacheParameterGroup": _describe_parameters_of(group)})

    def describe_cache_parameter_groups(self) -> ActionResult:
        name = self.param("CacheParameterGroupName")
        groups = [parameter_group_named(self.state, name)] if name else list(self.state.parameter_groups.values())
        return ActionResult({"CacheParameterGroups": [_describe_parameters_of(group) for group in groups]})

    def describe_cache_parameters(self) -> ActionResult:
        group = parameter_group_named(self.state, self.param("CacheParameterGroupName"))
        parameters = [
            {"ParameterName": name, "ParameterValue": value, "Source": "user", "DataType": "string",
             "IsModifiable": True, "ChangeType": "immediate", "MinimumEngineVersion": "5.0.6"}
            for name, value in group.values.items()
        ]  # fmt: skip
        return ActionResult({"Parameters": parameters if self.param("Source", "user") == "user" else []})

    def modify_cache_parameter_group(self) -> ActionResult:
        group = self._own_parameter_group()
        for item in self.param("ParameterNameValues", []):
            group.values[item["ParameterName"]] = item.get("ParameterValue", "")
        return ActionResult({"CacheParameterGroupName": group.name})

    def reset_cache_parameter_group(self) -> ActionResult:
        group = self._own_parameter_group()
        if self.param("ResetAllParameters"):
            group.values.clear()
        for item in self.param("ParameterNameValues", []):
            group.values.pop(item["ParameterName"], None)
        return ActionResult({"CacheParameterGroupName": group.name})

    def delete_cache_parameter_group(self) -> ActionResult:
        group = self._own_parameter_group()
        for user in self.state.replication_groups.values():
            if user.settings["CacheParameterGroupName"] == group.name:
                raise AwsError(
                    "InvalidCacheParameterGroupState",
                    f"One or more cache clusters are still members of this parameter group {group.name}, "
                    "so the group cannot be deleted.",
                )
        del self.state.parameter_groups[group.name]
        self.state.tags.pop(group.arn, None)
        return EmptyResult()

    def describe_cache_engine_versions(self) -> ActionResult:
        engine, version = self.param("Engine"), self.param("EngineVersion")
        listed = [
            {"Engine": name, "EngineVersion": minor, "CacheParameterGroupFamily": family(name, minor),
             "CacheEngineDescription": name.capitalize()}
            for name, minors in VERSIONS.items() for minor in minors
            if engine in {None, name} and version in {None, minor}
        ]  # fmt: skip
        return ActionResult({"CacheEngineVersions": listed})

    def _own_parameter_group(self) -> ParameterGroup:
        group = parameter_group_named(self.state, self.param("CacheParameterGroupName"))
        if group.is_default:
            raise AwsError(
                "InvalidParameterValue", f"The parameter group {group.name} is a default group and cannot be changed."
            )
        return group


class SubnetGroupOperations(CacheHandler):
    """Subnet groups."""

    def create_cache_subnet_group(self) -> ActionResult:
        name = self.param("CacheSubnetGroupName").lower()
        if name in self.state.subnet_groups:
            raise AwsError("CacheSubnetGroupAlreadyExists", f"Cache subnet group {name} already exists.")
        subnets = self.param("SubnetIds", [])
        group = SubnetGroup(
            name=name,
            arn=self.arn("subnetgroup", name),
            description=self.param("CacheSubnetGroupDescription", ""),
            vpc_id=self._common_vpc(subnets),
            subnets=list(subnets),
        )
        self.state.subnet_groups[name] = group
        self.keep_tags(group.arn)
        return ActionResult({"CacheSubnetGroup": self._describe_subnets_of(group)})

    def describe_cache_subnet_groups(self) -> ActionResult:
        name = self.param("CacheSubnetGroupName")
        groups = [subnet_group_named(self.state, name)] if name else list(self.state.subnet_groups.values())
        return ActionResult({"CacheSubnetGroups": [self._describe_subnets_of(group) for group in groups]})

    def modify_cache_subnet_group(self) -> ActionResult:
        group = subnet_group_named(self.state, self.param("CacheSubnetGroupName"))
        if subnets := self.param("SubnetIds"):
            if self._common_vpc(subnets) != group.vpc_id:
                raise AwsError("InvalidSubnet", "The new Subnets are not in the same VPC as the existing subnet group.")
            group.subnets = list(subnets)
        group.description = self.param("CacheSubnetGroupDescription", group.description)
        return ActionResult({"CacheSubnetGroup": self._describe_subnets_of(group)})

    def delete_cache_subnet_group(self) -> ActionResult:
        group = subnet_group_named(self.state, self.param("CacheSubnetGroupName"))
        if any(user.settings["CacheSubnetGroupName"] == group.name for user in self.state.replication_groups.values()):
            raise AwsError("CacheSubnetGroupInUse", f"Cache subnet group {group.name} is currently in use by a cache.")
        del self.state.subnet_groups[group.name]
        self.state.tags.pop(group.arn, None)
        return EmptyResult()

    def _common_vpc(self, subnets: list[str]) -> str:
        known = {subnet.id: subnet.vpc_id for zone in self.ec2.subnets.values() for subnet in zone.values()}
        unknown = [subnet for subnet in subnets if subnet not in known]
        if unknown or not subnets:
            raise AwsError("InvalidSubnet", f"Some input subnets :{unknown} are invalid.")
        if len({known[subnet] for subnet in subnets}) > 1:
            raise AwsError("InvalidSubnet", "All subnets must belong to the same VPC.")
        return known[subnets[0]]

    def _describe_subnets_of(self, group: SubnetGroup) -> dict[str, Any]:
        zones = {subnet.id: subnet.availability_zone for zone in self.ec2.subnets.values() for subnet in zone.values()}
        return {
            "CacheSubnetGroupName": group.name,
            "CacheSubnetGroupDescription": group.description,
            "VpcId": group.vpc_id,
            "Subnets": [
                {"SubnetIdentifier": subnet, "SubnetAvailabilityZone": {"Name": zones.get(subnet)},
                 "SupportedNetworkTypes": ["ipv4"]}
                for subnet in group.subnets
            ],
            "ARN": group.arn,
            "SupportedNetworkTypes": ["ipv4"],
        }  # fmt: skip


def family(engine: str, version: str) -> str:
    """The parameter group family of an engine version, like ``valkey8``."""
    major = version.partition(".")[0]
    return "redis6.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"


def _describe_parameters_of(group: ParameterGroup) -> dict[str, Any]:
    return {
        "CacheParameterGroupName": group.name,
        "CacheParameterGroupFamily": group.family,
        "Description": group.description,
        "IsGlobal": False,
        "ARN": group.arn,
    }
