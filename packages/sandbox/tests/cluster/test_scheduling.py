from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.errors import ClusterError
from langsmith_sandbox.cluster.instance_types import Offer
from langsmith_sandbox.cluster.quantities import parse_quantity
from langsmith_sandbox.cluster.scheduling import place

if TYPE_CHECKING:
    from collections.abc import Callable

GPU = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}


def _node(name: str = "n1", *, cpu: str = "2", pods: str = "10", **changes: Any) -> Any:
    return {
        "metadata": {"name": name, "labels": changes.get("labels", {})},
        "spec": changes.get("spec", {}),
        "status": {"allocatable": {"cpu": cpu, "memory": "4Gi", "pods": pods}},
    }


def _asking(cpu: str, **more: Any) -> dict[str, Any]:
    return {"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu}}}], **more}


def test_the_node_with_most_room_is_chosen(pod: Callable[..., Any]):
    busy = pod("other", spec=_asking("500m", nodeName="n2"), status={"phase": "Running"})
    assert place(pod(spec=_asking("1")), [_node("n1"), _node("n2")], [busy]).node == "n1"


def test_pods_that_ended_hold_no_room(pod: Callable[..., Any]):
    ended = pod("other", spec=_asking("2", nodeName="n1"), status={"phase": "Succeeded"})
    assert place(pod(spec=_asking("2")), [_node()], [ended]).node == "n1"


def test_without_nodes_a_pod_waits_as_in_life(pod: Callable[..., Any]):
    assert place(pod(), [], []).message == "no nodes available to schedule pods"


def test_every_node_that_does_not_fit_is_counted_by_its_reason(pod: Callable[..., Any]):
    nodes = [
        _node("a", cpu="1"),
        _node("b", cpu="1"),
        _node("c", spec={"taints": [GPU]}),
        _node("d", spec={"unschedulable": True}),
        _node("e", pods="0"),
    ]
    placement = place(pod(spec=_asking("2")), nodes, [])
    assert placement.node == ""
    assert placement.message == (
        "0/5 nodes are available: 2 Insufficient cpu, 1 Too many pods, "
        "1 node(s) had untolerated taint(s) {gpu: yes}, 1 node(s) were unschedulable."
    )


def test_a_large_init_container_counts_as_much_as_all_others_together(pod: Callable[..., Any]):
    init = {"initContainers": [{"name": "init", "resources": {"requests": {"cpu": "3"}}}]}
    assert place(pod(spec=_asking("1", **init)), [_node(cpu="2")], []).message.endswith("Insufficient cpu.")


@pytest.mark.parametrize(
    ("toleration", "fits"),
    [
        ({"key": "gpu", "value": "yes"}, True),
        ({"key": "gpu", "value": "no"}, False),
        ({"key": "gpu", "operator": "Exists"}, True),
        ({"operator": "Exists"}, True),
        ({"key": "gpu", "operator": "Exists", "effect": "NoExecute"}, False),
    ],
)
def test_tolerations_open_tainted_nodes(pod: Callable[..., Any], toleration: dict[str, str], fits: bool):
    made = pod(spec={"tolerations": [toleration]})
    assert bool(place(made, [_node(spec={"taints": [GPU]})], []).node) is fits


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ({"key": "zone", "operator": "In", "values": ["a"]}, True),
        ({"key": "zone", "operator": "NotIn", "values": ["a"]}, False),
        ({"key": "none", "operator": "DoesNotExist"}, True),
        ({"key": "size", "operator": "Gt", "values": ["3"]}, True),
        ({"key": "zone", "operator": "Lt", "values": ["3"]}, False),
    ],
)
def test_node_affinity_is_honoured(pod: Callable[..., Any], expression: dict[str, Any], fits: bool):
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    node = _node(labels={"zone": "a", "size": "4"})
    assert bool(place(pod(spec={"affinity": affinity}), [node], []).node) is fits


def test_a_node_selector_must_match_every_label(pod: Callable[..., Any]):
    made = pod(spec={"nodeSelector": {"zone": "a", "disk": "ssd"}})
    assert place(made, [_node(labels={"zone": "a"})], []).message == (
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
    )


@pytest.mark.parametrize(
    ("name", "cores", "gib"), [("m5.large", 2, 8), ("c6i.2xlarge", 8, 16), ("t3.small", 2, 2), ("r5.xlarge", 4, 32)]
)
def test_instance_types_offer_what_ec2_documents_less_what_eks_reserves(name: str, cores: int, gib: int):
    offer = Offer.of(name)
    assert (offer.cores, offer.memory) == (cores, gib * 2**30)
    assert offer.allocatable_millicores < cores * 1000
    assert offer.allocatable_memory < offer.memory


def test_an_m5_large_has_the_1930_millicores_eks_leaves_on_it():
    assert Offer.of("m5.large").allocatable_millicores == 1930


@pytest.mark.parametrize("name", ["large", "m5", "m5.huge", ""])
def test_what_is_no_instance_type_is_refused(name: str):
    with pytest.raises(ClusterError, match="is not an EC2 instance type"):
        Offer.of(name)


@pytest.mark.parametrize(
    ("text", "value"), [("500m", "0.5"), ("2Gi", 2**31), ("1e3", 1000), ("3k", 3000), (2, 2), ("1.5", "1.5")]
)
def test_quantities_are_read_in_every_notation(text: str | int, value: str | int):
    assert parse_quantity(text) == Decimal(value)


def test_what_is_no_quantity_is_named():
    with pytest.raises(ValueError, match="'lots' is not a resource quantity"):
        parse_quantity("lots")
