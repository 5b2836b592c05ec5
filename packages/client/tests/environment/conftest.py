"""A deployment to merge with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from langsmith_client.environment.plan import EnvironmentPlan, EnvironmentWish, plan_environment
from langsmith_client.target.protocol import Deployment, Phase, Revision, SecretReference


def refer(**texts: str) -> tuple[SecretReference, ...]:
    """References by name, each as `secret:key`."""
    return tuple(SecretReference(name, *text.split(":")) for name, text in texts.items())


@pytest.fixture
def references() -> Callable[..., tuple[SecretReference, ...]]:
    """Makes references from names and `secret:key`."""
    return refer


class Remote:
    """A deployment that changes as plans are carried out, and as others see fit."""

    def __init__(self) -> None:
        self.variables: dict[str, str | None] = {}
        self.references: dict[str, str] = {}
        self.resources: dict[str, Any] = {}

    def deployment(self) -> Deployment:
        """As the target shows it."""
        return Deployment(
            "d",
            "greeter",
            {},
            Revision("r1", Phase.DEPLOYED, "DEPLOYED", "host/agent@sha256:1"),
            environment=dict(self.variables),
            resources=dict(self.resources),
            references=refer(**self.references),
        )

    def plan(self, variables: dict[str, str] | None = None, **options: Any) -> EnvironmentPlan:
        """What a deploy would do."""
        return plan_environment(EnvironmentWish(variables, **options), self.deployment())

    def deploy(self, variables: dict[str, str] | None = None, **options: Any) -> EnvironmentPlan:
        """Deploy, with a revision whatever the environment says, and return what was planned."""
        plan = self.plan(variables, **options)
        complete, references = plan.complete_variables(), plan.complete_references()
        if complete is not None:
            self.variables = dict(complete)
        if references is not None:
            self.references = {each.name: f"{each.secret_name}:{each.secret_key}" for each in references}
        self.resources = plan.remembered(self.resources)
        return plan

    def replace(self, **variables: str) -> None:
        """What `langgraph deploy` does: its variables are all there is from now on."""
        self.variables = dict(variables)


@pytest.fixture
def remote() -> Remote:
    """A deployment nobody has deployed to yet."""
    return Remote()
