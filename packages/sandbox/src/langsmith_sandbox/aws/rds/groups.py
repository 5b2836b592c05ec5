"""DB subnet groups and DB parameter groups, with the checks moto leaves out."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.rds.models import DBParameterGroup
from moto.rds.responses import RDSResponse

from langsmith_sandbox.aws.errors import AwsError


class SubnetGroupOperations(RDSResponse):
    """Create, modify and delete DB subnet groups."""

    def create_db_subnet_group(self) -> ActionResult:
        name = self._get_param("DBSubnetGroupName")
        if name in self.backend.subnet_groups:
            raise AwsError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
        self._subnets()
        return super().create_db_subnet_group()

    def modify_db_subnet_group(self) -> ActionResult:
        """Moto's own drops the group it modifies."""
        name = self._get_param("DBSubnetGroupName")
        group = self.backend.describe_db_subnet_groups(name)[0]
        group.subnets = self._subnets()
        group.description = self._get_param("DBSubnetGroupDescription") or group.description
        return ActionResult({"DBSubnetGroup": group})

    def delete_db_subnet_group(self) -> ActionResult:
        name = self._get_param("DBSubnetGroupName").lower()
        for database in self.backend.databases.values():
            group = getattr(database, "db_subnet_group", None)
            if group is not None and group.name == name:
                raise AwsError(
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{name}' because at least one database instance: "
                    f"{database.db_instance_identifier} is still using it.",
                )
        self.backend.delete_subnet_group(name)
        return EmptyResult()

    def _subnets(self) -> list[Any]:
        """The subnets asked for, in one VPC and at least two zones."""
        ec2 = ec2_backends[self.current_account][self.region]
        try:
            subnets = [ec2.get_subnet(subnet) for subnet in self._get_param("SubnetIds") or []]
        except EC2ClientError as problem:
            raise AwsError("InvalidSubnet", f"Some input subnets are invalid: {problem.message}") from problem
        if len({subnet.vpc_id for subnet in subnets}) > 1:
            raise AwsError("InvalidSubnet", "The specified subnets must all belong to one VPC.")
        zones = sorted({subnet.availability_zone for subnet in subnets})
        if len(zones) < 2:
            raise AwsError(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
                f"{', '.join(zones)}. Add subnets to cover at least 2 AZs.",
            )
        return subnets


class ParameterGroupOperations(RDSResponse):
    """DB parameter groups and their parameters."""

    def describe_db_parameter_groups(self) -> ActionResult:
        self._named_group()
        return super().describe_db_parameter_groups()

    def describe_db_parameters(self) -> ActionResult:
        group = self._named_group()
        if group is None or self._get_param("Source") not in {None, "user"}:
            return ActionResult({"Parameters": []})
        described = [
            {"Source": "user", "DataType": "string", "IsModifiable": True, "ApplyType": "dynamic", **parameter}
            for parameter in group.parameters.values()
        ]
        return ActionResult({"Parameters": described})

    def reset_db_parameter_group(self) -> ActionResult:
        group = self._named_group()
        if group is not None and self._get_bool_param("ResetAllParameters", True) and not self._get_param("Parameters"):
            group.parameters.clear()
        for parameter in self._get_param("Parameters") or []:
            if group is not None:
                group.parameters.pop(parameter["ParameterName"], None)
        return ActionResult({"DBParameterGroupName": self._get_param("DBParameterGroupName")})

    def delete_db_parameter_group(self) -> ActionResult:
        name = self._get_param("DBParameterGroupName").lower()
        if name.startswith("default."):
            raise AwsError("InvalidDBParameterGroupState", f"Default DBParameterGroup cannot be deleted: {name}")
        for database in self.backend.databases.values():
            if (database.db_parameter_group_name or "").lower() == name:
                raise AwsError(
                    "InvalidDBParameterGroupState",
                    "One or more database instances are still members of this parameter group "
                    f"{name}, so the group cannot be deleted",
                )
        self.backend.delete_db_parameter_group(name)
        return EmptyResult()

    def _named_group(self) -> DBParameterGroup | None:
        """The group the request names, if it names one; DBParameterGroupNotFound when there is none."""
        name = self._get_param("DBParameterGroupName")
        if name is None:
            return None
        found = self.backend.db_parameter_groups.get(name)
        if found is None:
            raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
        return found
