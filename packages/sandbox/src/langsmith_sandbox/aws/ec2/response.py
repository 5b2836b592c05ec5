"""The EC2 API in one handler: ours first, moto's for the rest."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DryRunClientError
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.models.security_groups import SecurityGroupRule

from langsmith_sandbox.aws.ec2.endpoints import EndpointOperations
from langsmith_sandbox.aws.ec2.gateways import GatewayOperations
from langsmith_sandbox.aws.ec2.integrity import IntegrityOperations
from langsmith_sandbox.aws.ec2.prefix_lists import PrefixListOperations


class Ec2Response(GatewayOperations, EndpointOperations, IntegrityOperations, PrefixListOperations):
    """Handles one EC2 request."""

    def call_action(self) -> Any:
        """Answers DryRun for every operation; moto knows it for some."""
        if self._get_bool_param("DryRun"):
            return self.serialized(ActionResult(DryRunClientError()))
        return super().call_action()


def adjust_models() -> None:
    """Lets launch templates show the tags they have now, and rules on groups their description and owner."""

    def keep_nothing(_self: LaunchTemplate, _tags: object) -> None:
        """Moto assigns a copy at creation; the live ones are read instead."""

    def description(self: SecurityGroupRule) -> str | None:
        return self.ip_range.get("Description") or self.source_group.get("Description")

    def owner(self: SecurityGroupRule) -> str:
        return str(self.ec2_backend.account_id)

    SecurityGroupRule.description = property(description)  # type: ignore[assignment]
    SecurityGroupRule.group_owner_id = property(owner)  # type: ignore[attr-defined]
    LaunchTemplate.tags = property(LaunchTemplate.get_tags, keep_nothing)  # type: ignore[assignment]
