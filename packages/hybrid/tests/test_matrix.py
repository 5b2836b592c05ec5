"""Every combination of profile, zones, network, stores and routing is a whole stack that keeps every rule."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from matrix_cells import CELLS, Cell
from policy_rules import RULES, Plan

from langsmith_hybrid.profiles import PROFILES

if TYPE_CHECKING:
    from conftest import RecordingEngine

NETWORK_PARTS = ("Vpc", "Subnet", "InternetGateway", "Eip", "NatGateway", "RouteTable", "Route", "VpcEndpoint")
STORES = {
    "aws:rds/instance:Instance": "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/replicationGroup:ReplicationGroup": "aws:elasticache/subnetGroup:SubnetGroup",
}
VPC = "vpc-0123456789abcdef0"
# The last digit of each subnet's id is its zone.
SUBNETS = [f"subnet-0123456789abcdef{zone}" for zone in "abc"]

Declare = Callable[..., "RecordingEngine"]


@pytest.fixture(params=CELLS, ids=str)
def cell(request: pytest.FixtureRequest) -> Cell:
    return request.param


@pytest.fixture
def stack(declare: Declare, cell: Cell) -> RecordingEngine:
    """The cell, declared."""
    return declare(**cell.keys(VPC, SUBNETS))


def private_subnets(stack: RecordingEngine, cell: Cell) -> set[str]:
    if cell.network == "existing":
        return set(SUBNETS[: cell.zones])
    tagged = (each for each in stack.of_type("aws:ec2/subnet:Subnet") if "private" in each.name)
    return {f"{each.name}-Subnet" for each in tagged}


def test_it_keeps_every_rule(stack: RecordingEngine) -> None:
    plan = Plan(stack.registered)
    broken = {rule.name: [f"{each.token} {each.name}" for each in rule.offenders(plan)] for rule in RULES}
    assert not {name: offenders for name, offenders in broken.items() if offenders}


def test_no_two_resources_share_a_name(stack: RecordingEngine) -> None:
    names = Counter((each.token, each.name) for each in stack.registered)
    assert names.most_common(1)[0][1] == 1, "the real engine refuses the second, and the mocked one takes it"


def test_its_outputs_have_the_same_names_in_every_cell(stack: RecordingEngine, declare: Declare) -> None:
    assert stack.exported.keys() == declare().exported.keys()


def test_a_network_is_made_whole_or_left_as_it_is(stack: RecordingEngine, cell: Cell) -> None:
    made = Counter(each.token.rpartition(":")[2] for each in stack.registered)
    if cell.network == "existing":
        assert not {part for part in NETWORK_PARTS if made[part]}
        return
    profile = PROFILES[cell.profile]
    gateways = cell.zones if profile.nat_gateways == "per-zone" else 1
    assert (made["NatGateway"], made["Eip"]) == (gateways, gateways)
    assert made["VpcEndpoint"] == 1 + len(profile.interface_endpoints), "S3's and those of the profile"
    roles = Counter(
        (each.inputs["availabilityZone"], role)
        for each in stack.of_type("aws:ec2/subnet:Subnet")
        for role in each.inputs["tags"]
        if role.startswith("kubernetes.io/role/")
    )
    assert set(roles.values()) == {1}
    assert len(roles) == 2 * cell.zones, "a subnet for internal load balancers and one for others in each zone"


def test_nodes_and_stores_are_in_every_zone(stack: RecordingEngine, cell: Cell) -> None:
    inside = private_subnets(stack, cell)
    assert len(inside) == cell.zones
    (nodes,) = stack.of_type("aws:eks/nodeGroup:NodeGroup")
    assert set(nodes.inputs["subnetIds"]) == inside
    for groups in STORES.values():
        assert all(set(group.inputs["subnetIds"]) == inside for group in stack.of_type(groups))


def test_stores_are_there_or_nothing_speaks_of_them(stack: RecordingEngine, cell: Cell) -> None:
    assert [len(stack.of_type(store)) for store in STORES] == [cell.stores == "on"] * 2
    release = stack.named("kubernetes:helm.sh/v3:Release", "data-plane")
    assert release.inputs["values"]["redis"]["external"]["enabled"] is (cell.stores == "on")
    said = [stack.exported[name] is not None for name in ("bucket", "postgresEndpoint", "redisEndpoint")]
    assert said == [cell.stores == "on"] * 3


def test_what_holds_data_is_as_protected_as_its_profile_says(stack: RecordingEngine, cell: Cell) -> None:
    protected = PROFILES[cell.profile].deletion_protection
    (cluster,) = stack.of_type("aws:eks/cluster:Cluster")
    assert cluster.inputs["deletionProtection"] is protected
    assert all(each.inputs["deletionProtection"] is protected for each in stack.of_type("aws:rds/instance:Instance"))
    assert all(each.inputs["forceDestroy"] is not protected for each in stack.of_type("aws:s3/bucket:Bucket"))


def test_flow_logs_are_those_of_the_profile_in_any_network(stack: RecordingEngine, cell: Cell) -> None:
    logged: list[Any] = [each.inputs["vpcId"] for each in stack.of_type("aws:ec2/flowLog:FlowLog")]
    vpc = VPC if cell.network == "existing" else "network-Vpc"
    assert logged == ([vpc] if PROFILES[cell.profile].flow_logs else [])


def test_agents_are_routed_to_by_one_of_two_kinds_of_entrance(stack: RecordingEngine, cell: Cell) -> None:
    kinds = {
        "gateway": stack.of_type("kubernetes:gateway.networking.k8s.io/v1:Gateway"),
        "ingress": stack.of_type("kubernetes:networking.k8s.io/v1:Ingress"),
    }
    assert {kind for kind, made in kinds.items() if made} == {cell.routing}
    values = stack.named("kubernetes:helm.sh/v3:Release", "data-plane").inputs["values"]
    assert {kind for kind in kinds if values[kind]["enabled"]} == {cell.routing}, "the chart refuses both, and neither"


def test_another_routing_starts_the_load_balancer_controller_again(declare: Declare) -> None:
    releases = [
        declare(agentsRouting=routing).named("kubernetes:helm.sh/v3:Release", "load-balancer-controller")
        for routing in ("gateway", "ingress")
    ]
    first, second = (release.inputs["values"]["podAnnotations"] for release in releases)
    assert first != second, "it looks for Gateway API's definitions when it starts, and only then"


def test_no_stack_speaks_of_subnets_outside_its_own(stack: RecordingEngine, cell: Cell) -> None:
    if cell.network == "existing" and cell.zones == 2:
        assert SUBNETS[2] not in json.dumps([each.inputs for each in stack.registered])


def test_every_resource_is_made_by_the_provider_of_this_account_or_this_cluster(stack: RecordingEngine) -> None:
    makers = {"aws": "pulumi:providers:aws::aws::", "kubernetes": "pulumi:providers:kubernetes::cluster::"}
    astray = [
        each.name
        for each in stack.registered
        if (maker := makers.get(each.token.partition(":")[0])) and maker not in each.provider
    ]
    assert not astray, "they would go wherever the environment of whoever deploys points"
