"""The account and region everything goes to, and what is found there before anything is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.errors import ConfigError, Problem
from langsmith_hybrid.stack_identity import StackIdentity


@dataclasses.dataclass(frozen=True)
class Account:
    """Where AWS resources go, and what was found there.

    Attributes:
        provider: Makes resources in the account and region.
        resources: Options that put a component there.
        asking: Options that ask about that account and region.
        tags: What the provider puts on everything it makes, for what AWS makes on our behalf.
        account_id: The account's number.
        partition: AWS partition, such as ``aws``.
        zones: Names of the availability zones to span.
        deployer: ARN of the IAM role or user that runs this program.
    """

    provider: aws.Provider
    resources: pulumi.ResourceOptions
    asking: pulumi.InvokeOptions
    tags: Mapping[str, str]
    account_id: str
    partition: str
    zones: Sequence[str]
    deployer: str

    @classmethod
    def of(cls, config: LangSmithConfig) -> Account:
        """Ask AWS who and where we are.

        Raises:
            ConfigError: The region has fewer zones than the stack is to span.
        """
        tags = _tags(config)
        provider = aws.Provider(
            "aws",
            region=config.region,
            default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
            # No AWS resource is declared before the stack is known to be the one it was.
            opts=pulumi.ResourceOptions(depends_on=[StackIdentity("identity", config)]),
        )
        asking = pulumi.InvokeOptions(provider=provider)
        caller = aws.get_caller_identity(opts=asking)
        return cls(
            provider=provider,
            resources=pulumi.ResourceOptions(provider=provider),
            asking=asking,
            tags=tags,
            account_id=caller.account_id,
            partition=aws.get_partition(opts=asking).partition,
            zones=_zones(config, asking),
            # An assumed role's session is nobody EKS knows; the role behind it is.
            deployer=aws.iam.get_session_context(arn=caller.arn, opts=asking).issuer_arn,
        )


def _tags(config: LangSmithConfig) -> Mapping[str, str]:
    named = {"owner": config.owner, "cost-centre": config.cost_centre}
    return {
        **config.tags,
        **{key: value for key, value in named.items() if value is not None},
        STACK_TAG: f"{pulumi.get_project()}/{pulumi.get_stack()}",
        "langsmith-hybrid:environment": config.environment,
    }


def _zones(config: LangSmithConfig, asking: pulumi.InvokeOptions) -> Sequence[str]:
    # Local and Wavelength zones have to be opted in to, and EKS does not run in them.
    ordinary = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    found = aws.get_availability_zones(state="available", filters=[ordinary], opts=asking).names
    if config.vpc_id is None and len(found) < config.availability_zones:
        what = f"{config.availability_zones} zones are wanted, and {config.region} has {len(found)}."
        raise ConfigError([Problem("availabilityZones", what, f"Set it to {len(found)}, or use another region.")])
    return found[: config.availability_zones]
