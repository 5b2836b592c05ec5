"""The RDS API in one handler: ours first, moto's for the rest."""

from __future__ import annotations

from langsmith_sandbox.aws.rds.engines import EngineOperations
from langsmith_sandbox.aws.rds.groups import ParameterGroupOperations, SubnetGroupOperations
from langsmith_sandbox.aws.rds.instances import InstanceOperations
from langsmith_sandbox.aws.rds.orderable import OrderableOperations


class RdsResponse(
    InstanceOperations, SubnetGroupOperations, ParameterGroupOperations, EngineOperations, OrderableOperations
):
    """Handles one RDS request."""
