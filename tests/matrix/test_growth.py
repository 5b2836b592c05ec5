"""Two stacks grow from the smallest to the largest, and show every pair of values of the matrix on the way.

One is in a network of its own, the other in one that somebody else made. Each step is a change of a stack that stands,
as it is in life: the engine compares the second run of each with what is really there, and nothing that holds data may
become another.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from foreign_network import ForeignNetwork
from growing_stack import GrowingStack
from matrix_cells import PAIRS, Cell

from langsmith_hybrid.profiles import PROFILES

pytestmark = [pytest.mark.engine, pytest.mark.world]

IN_ITS_OWN = (
    Cell("dev", 2, "own", "off", "gateway"),
    Cell("dev", 2, "own", "on", "gateway"),
    Cell("dev", 3, "own", "on", "gateway"),
    Cell("production", 3, "own", "on", "ingress"),
)
IN_ANOTHERS = (
    Cell("dev", 2, "existing", "off", "ingress"),
    Cell("production", 2, "existing", "off", "gateway"),
    Cell("production", 3, "existing", "off", "gateway"),
    Cell("production", 3, "existing", "on", "gateway"),
)
# What is another thing when its id is: outputs that stay what they were once they say something.
IDENTITIES = ("clusterName", "vpcId", "listenerId", "bucket", "postgresEndpoint", "redisEndpoint")

known: dict[str, dict[str, Any]] = {"own": {}, "existing": {}}


@pytest.fixture(scope="module")
def network(stack: GrowingStack) -> ForeignNetwork:
    return ForeignNetwork.make(stack.client("ec2"))


@pytest.fixture(scope="module")
def foreign_listener(stack: GrowingStack) -> dict[str, Any]:
    """A listener that was registered by hand, under the name the stack is going to use."""
    body = {
        "compute_type": "k8s",
        "compute_id": "langsmith-sandbox",
        "compute_config": {"k8s_namespaces": ["by-hand"]},
    }
    return asked(stack, "POST", "/v2/listeners", body)


def asked(stack: GrowingStack, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the control plane behind the program's back."""
    request = urllib.request.Request(
        stack.environ["LANGGRAPH_HOST_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "X-Api-Key": stack.environ["LANGSMITH_API_KEY"],
            "X-Tenant-Id": stack.environ["LANGSMITH_WORKSPACE_ID"],
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or "null")


def grow(stack: GrowingStack, cell: Cell, keys: dict[str, str]) -> dict[str, Any]:
    """Become a cell, and stay it; the outputs, none of which names another thing than before."""
    # Whoever takes a stack down lowers its protection first, and the last cell is taken down. Whoever moves to another
    # profile wants its sizes now; in the next maintenance window, each look at the database until then shows a change.
    last = {"deletionProtection": "false", "storesApplyImmediately": "true"}
    # A stack that is to become production has its own key from the start: data cannot move to another one.
    from_the_start = {"customerManagedKey": "true"}
    stack.become({**keys, **from_the_start, **(last if cell in (IN_ITS_OWN[-1], IN_ANOTHERS[-1]) else {})})
    stack.stay()
    outputs = stack.outputs()
    before = known[cell.network]
    assert {name: outputs[name] for name in IDENTITIES if before.get(name)} == {
        name: before[name] for name in IDENTITIES if before.get(name)
    }
    known[cell.network] = outputs
    return outputs


def check_cluster(stack: GrowingStack, cell: Cell, outputs: dict[str, Any], *, protected: bool) -> None:
    eks = stack.client("eks")
    cluster = eks.describe_cluster(name=outputs["clusterName"])["cluster"]
    assert cluster["deletionProtection"] is protected
    assert len(cluster["resourcesVpcConfig"]["subnetIds"]) == 2, "the control plane stays where it was"
    (group,) = eks.list_nodegroups(clusterName=outputs["clusterName"])["nodegroups"]
    nodes = eks.describe_nodegroup(clusterName=outputs["clusterName"], nodegroupName=group)["nodegroup"]
    assert len(nodes["subnets"]) == cell.zones
    assert nodes["instanceTypes"] == [PROFILES[cell.profile].eks_node_instance_type] or not nodes["instanceTypes"]


def check_stores(stack: GrowingStack, cell: Cell, *, protected: bool) -> None:
    databases = stack.client("rds").describe_db_instances()["DBInstances"]
    caches = stack.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    profile = PROFILES[cell.profile]
    if cell.stores == "off":
        assert (databases, caches) == ([], [])
        return
    (database,), (cache,) = databases, caches
    assert database["MultiAZ"] is profile.postgres_multi_az
    assert database["DeletionProtection"] is protected
    assert database["StorageEncrypted"] is True
    assert len(cache["MemberClusters"]) == profile.redis_nodes
    assert cache["TransitEncryptionEnabled"] is True


@pytest.mark.parametrize("cell", IN_ITS_OWN, ids=str)
def test_a_stack_in_a_network_of_its_own(stack: GrowingStack, cell: Cell) -> None:
    outputs = grow(stack, cell, cell.keys("", []))
    profile = PROFILES[cell.profile]
    ec2 = stack.client("ec2")
    inside = [{"Name": "vpc-id", "Values": [outputs["vpcId"]]}]
    gateways = ec2.describe_nat_gateways(Filter=[*inside, {"Name": "state", "Values": ["available"]}])["NatGateways"]
    assert len(gateways) == (cell.zones if profile.nat_gateways == "per-zone" else 1)
    addresses = {address["PublicIp"] for gateway in gateways for address in gateway["NatGatewayAddresses"]}
    assert addresses == set(outputs["natGatewayIps"])
    subnets = ec2.describe_subnets(Filters=inside)["Subnets"]
    assert len(subnets) == 2 * cell.zones
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == cell.zones
    ways_out = [
        route["NatGatewayId"]
        for table in ec2.describe_route_tables(Filters=inside)["RouteTables"]
        for route in table["Routes"]
        if "NatGatewayId" in route
    ]
    assert len(ways_out) == cell.zones, "each private subnet has a way out"
    assert set(ways_out) == {gateway["NatGatewayId"] for gateway in gateways}
    endpoints = ec2.describe_vpc_endpoints(Filters=inside)["VpcEndpoints"]
    assert len(endpoints) == 1 + len(profile.interface_endpoints)
    check_cluster(stack, cell, outputs, protected=False)
    check_stores(stack, cell, protected=False)


def test_nothing_is_left_of_a_stack_in_a_network_of_its_own(stack: GrowingStack) -> None:
    assert stack.go() == []


@pytest.fixture(scope="module")
def untouched(
    stack: GrowingStack, network: ForeignNetwork, foreign_listener: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What there was before the stack: the network in full, and everything by name."""
    return network.picture(), stack.inventory.everything()


@pytest.mark.parametrize("cell", IN_ANOTHERS, ids=str)
@pytest.mark.usefixtures("untouched")
def test_a_stack_in_anothers_network(
    stack: GrowingStack, network: ForeignNetwork, foreign_listener: dict[str, Any], cell: Cell
) -> None:
    outputs = grow(stack, cell, cell.keys(network.vpc_id, network.private_subnet_ids))
    assert outputs["vpcId"] == network.vpc_id
    assert outputs["natGatewayIps"] == [network.nat_address], "of the gateway that was there"
    assert outputs["listenerId"] == foreign_listener["id"], "adopted"
    profile = PROFILES[cell.profile]
    logs = network.ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [network.vpc_id]}])["FlowLogs"]
    assert len(logs) == profile.flow_logs
    protected = profile.deletion_protection and cell is not IN_ANOTHERS[-1]
    check_cluster(stack, cell, outputs, protected=protected)
    check_stores(stack, cell, protected=protected)


def test_a_stack_in_anothers_network_leaves_it_as_it_was(
    stack: GrowingStack, network: ForeignNetwork, untouched: tuple[dict[str, Any], list[str]]
) -> None:
    picture, before = untouched
    assert stack.go() == before, "the listener it adopted is still there"
    assert network.picture() == picture


def test_the_cells_show_every_pair_of_values() -> None:
    shown = set[Any]().union(*(cell.pairs() for cell in (*IN_ITS_OWN, *IN_ANOTHERS)))
    assert shown == PAIRS
