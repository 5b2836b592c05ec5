"""Whose left-overs are looked for: one stack's, or those of every stack there is or ever was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from operations.fakes import PROJECT, REGION, FakePulumi
from operations.orphans.account import CLUSTER, World, arn

from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.orphans import Whose, search
from langsmith_hybrid.operations.pulumi_cli import Finished

SUBNET = "aws:ec2/subnet:Subnet"


class Backend:
    """A pulumi with several stacks, one of which may be selected."""

    def __init__(self, selected: str = "", **stacks: FakePulumi) -> None:
        self.selected = selected
        self.stacks = stacks
        self.unreadable: set[str] = set()

    def answer(self, arguments: Sequence[str], folder: Path) -> Finished:
        if list(arguments) == ["stack", "ls", "--json"]:
            return Finished(0, json.dumps([{"name": n, "current": n == self.selected} for n in self.stacks]), "")
        name = arguments[list(arguments).index("--stack") + 1]
        if name not in self.stacks:
            return Finished(255, "", f"error: no stack named '{name}' found\n")
        if arguments[0] == "config" and name in self.unreadable:
            return Finished(255, "", "error: incorrect passphrase\n")
        return self.stacks[name].answer(arguments, folder)

    def perform(self, arguments: Sequence[str], folder: Path) -> int:
        raise AssertionError("a search changes nothing")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "Pulumi.yaml").write_text(f"name: {PROJECT}\n")
    return tmp_path


def holding(subnet: str, **config: str) -> FakePulumi:
    pulumi = FakePulumi()
    pulumi.config |= config
    pulumi.hold(SUBNET, "network-private", subnet, arn=arn("ec2", f"subnet/{subnet}"))
    return pulumi


def test_a_stack_is_what_its_configuration_and_its_state_say(folder: Path) -> None:
    config = {"hostedZoneId": "Z1", "agentsHostname": "agents.example.com"}
    whose = Whose.one(holding("subnet-1", **config).stack(folder))
    assert (whose.region, whose.tag, whose.prefixes) == (REGION, f"{PROJECT}/dev", ("agents-dev",))
    assert whose.hostnames == (("Z1", "agents.example.com"),)
    assert whose.held.arns == {arn("ec2", "subnet/subnet-1")}


def test_a_destroyed_stack_has_a_configuration_still(folder: Path) -> None:
    whose = Whose.one(FakePulumi().stack(folder))
    assert whose.held.arns == frozenset()
    assert whose.prefixes == ("agents-dev",)


def test_a_stack_file_that_is_gone_is_not_taken_for_a_cluster_without_names(world: World) -> None:
    world.pulumi.config = {}
    found = world.search()
    assert [each.what for each in found.unseen] == ["names after the cluster of dev"]
    assert isinstance(found.error, StackError)


def test_a_stack_is_only_what_bears_its_whole_name(folder: Path) -> None:
    whose = Whose.one(FakePulumi().stack(folder))
    assert whose.are_of(f"{PROJECT}/dev")
    assert not whose.are_of(f"{PROJECT}/dev-two")


def test_every_stack_is_whatever_bears_the_projects_name(folder: Path) -> None:
    whose = Whose.every(folder, pulumi=Backend("dev", dev=FakePulumi()))
    assert whose.are_of(f"{PROJECT}/lost")
    assert not whose.are_of(f"{PROJECT}-two/dev")
    assert not whose.are_of("")


def test_what_any_known_state_holds_is_held(folder: Path) -> None:
    backend = Backend("dev", dev=holding("subnet-1"), prod=holding("subnet-2", eksClusterName="agents-prod"))
    whose = Whose.every(folder, pulumi=backend)
    assert whose.held.arns == {arn("ec2", "subnet/subnet-1"), arn("ec2", "subnet/subnet-2")}
    assert whose.prefixes == ("agents-dev", "agents-prod")
    assert [stack.name for stack in whose.stacks] == ["dev", "prod"]


def test_a_stack_no_backend_knows_has_left_all_it_made(folder: Path, world: World) -> None:
    names = {"subnet-1": "dev", "subnet-2": "lost"}
    world.aws.tags(*((arn("ec2", f"subnet/{s}"), {STACK_TAG: f"{PROJECT}/{stack}"}) for s, stack in names.items()))
    world.aws.answers["ec2", "describe_subnets"] = {"Subnets": [{"State": "available"}]}
    whose = Whose.every(folder, pulumi=Backend(dev=holding("subnet-1"), selected="dev"))
    found = search(dataclasses.replace(whose, stacks=()), world.aws)
    assert [(each.id, each.stack) for each in found.left] == [("subnet-2", f"{PROJECT}/lost")]


def test_what_a_lost_stacks_cluster_made_is_not_expected_by_another_stacks(folder: Path, world: World) -> None:
    volumes = {"vol-1": "dev", "vol-2": "lost"}
    world.aws.tags(*((arn("ec2", f"volume/{v}"), {STACK_TAG: f"{PROJECT}/{stack}"}) for v, stack in volumes.items()))
    world.aws.answers["ec2", "describe_volumes"] = {"Volumes": [{"State": "available"}]}
    dev = FakePulumi()
    dev.hold("aws:eks/cluster:Cluster", "cluster", CLUSTER)
    whose = Whose.every(folder, pulumi=Backend("dev", dev=dev))
    found = search(dataclasses.replace(whose, stacks=()), world.aws)
    assert [each.id for each in found.left] == ["vol-2"]


def test_a_stack_whose_configuration_is_sealed_is_held_and_said_to_be(folder: Path) -> None:
    backend = Backend("dev", dev=holding("subnet-1"), prod=holding("subnet-2"))
    backend.unreadable = {"prod"}
    whose = Whose.every(folder, pulumi=backend)
    assert arn("ec2", "subnet/subnet-2") in whose.held.arns, "its network would be called a left-over"
    assert [each.what for each in whose.unseen] == ["the configuration of prod"]


def test_the_region_is_the_named_stacks_then_the_selected_ones_then_the_shells(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = Backend("dev", dev=FakePulumi(), prod=FakePulumi())
    backend.stacks["prod"].config["region"] = "eu-central-1"
    assert Whose.every(folder, "prod", backend).region == "eu-central-1"
    assert Whose.every(folder, pulumi=backend).region == REGION
    monkeypatch.setenv("AWS_REGION", "us-east-2")
    assert Whose.every(folder, pulumi=Backend()).region == "us-east-2"


def test_without_any_region_nothing_can_be_looked_at(folder: Path) -> None:
    with pytest.raises(StackError, match="No AWS region is known"):
        Whose.every(folder, pulumi=Backend())
