"""The firewall stack before, with, after and without the hosting stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime import settings as runtime_settings

from langsmith_firewall import stack
from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.config import FirewallConfig, ServiceConfig

ENTRIES = "pulumi-python:dynamic/firewall:AllowListEntries"
HOSTING = "organization/langsmith-hybrid/dev"
SERVICE = ServiceConfig("partners", "aws-prefix-list", {"prefixListId": "pl-0a1b2c3d"}, close_open=True)


class Engine(mocks.Mocks):
    """An engine that knows one other stack, with these outputs."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self.outputs = outputs
        self.registered: list[mocks.MockResourceArgs] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            assert args.inputs["name"] == HOSTING, "as the stack file names it"
            return HOSTING, {"name": HOSTING, "outputs": self.outputs, "secretOutputNames": []}
        self.registered.append(args)
        return f"{args.name}-id", {**args.inputs, "added": args.inputs.get("sources", [])}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError(f"{args.token} asks somebody while the program runs")

    def entries(self) -> list[dict[str, Any]]:
        return [dict(each.inputs) for each in self.registered if each.typ == ENTRIES]


@pytest.fixture(autouse=True)
def _forget_the_engine() -> Iterator[None]:
    yield
    runtime_settings.reset_options()


def _deploy(outputs: dict[str, Any], config: FirewallConfig) -> Engine:
    engine = Engine(outputs)
    pulumi.runtime.set_mocks(engine, project="langsmith-firewall", stack="dev")

    @pulumi.runtime.test
    def program() -> None:
        stack.deploy(config)

    program()
    return engine


def test_the_hosting_stacks_addresses_are_what_services_shall_accept() -> None:
    config = FirewallConfig((SERVICE,), "dev", "agents", hosting_stack=HOSTING)
    (entries,) = _deploy({"natGatewayIps": ["52.10.20.30", "52.10.20.40"]}, config).entries()
    assert entries["sources"] == ["52.10.20.30", "52.10.20.40"], "all of them, as they are now"
    assert (entries["owner"], entries["description"], entries["close_open"]) == ("dev", "agents", True), "terms pass"


@pytest.mark.parametrize("outputs", [{}, {"natGatewayIps": []}, {"vpcId": "vpc-1"}])
def test_before_and_after_the_hosting_stack_nothing_is_opened(outputs: dict[str, Any]) -> None:
    config = FirewallConfig((SERVICE,), "dev", hosting_stack=HOSTING)
    assert _deploy(outputs, config).registered == [], "what an earlier run declared is thereby removed"


def test_a_plain_list_works_without_any_hosting_stack() -> None:
    engine = _deploy({}, FirewallConfig((SERVICE,), "dev", sources=("52.10.20.30",)))
    assert [entries["sources"] for entries in engine.entries()] == [["52.10.20.30"]], "no other stack is asked"


def test_every_service_of_the_catalogue_can_be_declared_from_a_stack_file() -> None:
    services = tuple(
        ServiceConfig(
            kind,
            kind,
            {name: field.example for name, field in service.target.items()},
            options={name: field.example for name, field in service.options.items()},
        )
        for kind, service in SERVICES.items()
    )
    engine = _deploy({}, FirewallConfig(services, "dev", sources=("52.10.20.30",)))
    assert {entries["service"] for entries in engine.entries()} == set(SERVICES), "each field reaches its argument"
