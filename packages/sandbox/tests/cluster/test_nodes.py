from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.addresses import POD_NETWORK, pod_address
from langsmith_sandbox.cluster.errors import ClusterError
from langsmith_sandbox.cluster.nodes import wanted_nodes

if TYPE_CHECKING:
    from pathlib import Path


def _write(folder: Path, **groups: dict[str, Any]) -> Path:
    (folder / "nodes.json").write_text(json.dumps({"nodegroups": groups}))
    return folder


def _instances(*ids: str, zone: str = "us-east-1a") -> list[dict[str, str]]:
    return [{"id": each, "zone": zone} for each in ids]


def test_a_cluster_without_node_groups_has_no_nodes(tmp_path: Path):
    assert wanted_nodes(tmp_path) == {}


def test_every_instance_is_a_node_of_its_own_that_keeps_its_name(tmp_path: Path):
    _write(tmp_path, a={"instances": _instances("i-1", "i-2", "i-3")}, b={"instances": _instances("i-4")})
    nodes = wanted_nodes(tmp_path)
    assert len(nodes) == 4
    assert wanted_nodes(tmp_path) == nodes, "a restart must find its Pods' nodes again"
    _write(tmp_path, a={"instances": _instances("i-1", "i-3")}, b={"instances": _instances("i-4")})
    gone = nodes.keys() - wanted_nodes(tmp_path).keys()
    assert [nodes[name].instance for name in gone] == ["i-2"], "the one that was ended leaves, not the last one"


def test_nodes_are_named_after_their_region(tmp_path: Path):
    _write(tmp_path, a={"instances": _instances("i-1", zone="eu-west-1b")})
    (node,) = wanted_nodes(tmp_path).values()
    assert node.name.endswith(".eu-west-1.compute.internal")
    assert node.to_json(1, "")["metadata"]["labels"]["topology.kubernetes.io/region"] == "eu-west-1"


def test_a_graviton_node_says_so_where_schedulers_and_images_look(tmp_path: Path):
    _write(tmp_path, a={"instances": _instances("i-1"), "instanceType": "m7g.large", "architecture": "arm64"})
    (node,) = wanted_nodes(tmp_path).values()
    made = node.to_json(1, "")
    assert made["metadata"]["labels"]["kubernetes.io/arch"] == "arm64"
    assert made["status"]["nodeInfo"]["architecture"] == "arm64"


def test_a_node_carries_what_eks_puts_on_it(tmp_path: Path):
    taint = {"key": "gpu", "value": "yes", "effect": "NO_SCHEDULE"}
    settings = {"instanceType": "m5.xlarge", "labels": {"team": "blue"}, "taints": [taint]}
    (node,) = wanted_nodes(_write(tmp_path, main={**settings, "instances": _instances("i-7")})).values()
    made = node.to_json(10250, "2026-01-01T00:00:00Z")
    labels = made["metadata"]["labels"]
    assert labels["eks.amazonaws.com/nodegroup"] == "main"
    assert labels["node.kubernetes.io/instance-type"] == "m5.xlarge"
    assert labels["topology.kubernetes.io/zone"] == "us-east-1a"
    assert labels["team"] == "blue"
    assert made["spec"]["taints"] == [{**taint, "effect": "NoSchedule"}], "EKS and Kubernetes spell effects differently"
    assert made["spec"]["providerID"] == "aws:///us-east-1a/i-7", "controllers find the instance by it"
    assert made["status"]["capacity"]["cpu"] == "4"
    assert made["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"] == 10250


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path):
    (tmp_path / "nodes.json").write_text("{")
    with pytest.raises(ClusterError, match=r"nodes\.json is damaged.*Update the node group"):
        wanted_nodes(tmp_path)


def test_pod_addresses_are_loopback_lasting_and_their_own():
    addresses = {pod_address(f"uid-{number}") for number in range(500)}
    assert len(addresses) == 500
    assert pod_address("uid-1") == pod_address("uid-1")
    assert POD_NETWORK.subnet_of(ipaddress.IPv4Network("127.0.0.0/8"))
