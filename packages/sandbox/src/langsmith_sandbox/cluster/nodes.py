"""Node objects: one for every instance the cluster's node groups ask for, kept Ready by leases."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.cluster.errors import ClusterError, KubernetesApiError
from langsmith_sandbox.cluster.instance_types import Offer
from langsmith_sandbox.cluster.pod_status import NODE_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json, KubernetesApi

log = logging.getLogger(__name__)

NODES_FILE = "nodes.json"
KUBELET_VERSION = "v1.35.0-eks-sandbox"
LEASE_SECONDS = 40  # the kubelet's; the node controller gives a silent node 50
RENEW_SECONDS = 15.0
OWNER_LABEL = "eks.amazonaws.com/nodegroup"
TAINT_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


@dataclasses.dataclass(frozen=True)
class WantedNode:
    """One instance of a node group.

    Attributes:
        name: As EKS names nodes, after a private address.
        instance: Id of the instance.
        group: Its node group.
        zone: Its availability zone.
        instance_type: EC2 instance type.
        architecture: Of its processor, as Kubernetes and images name it.
        labels: The group's labels.
        taints: The group's taints, in the Kubernetes API's form.
    """

    name: str
    instance: str
    group: str
    zone: str
    instance_type: str
    architecture: str
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...]

    def to_json(self, kubelet_port: int, now: str) -> Json:
        """The Node object with its status."""
        offer = Offer.of(self.instance_type)
        labels = {
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": self.architecture,
            "node.kubernetes.io/instance-type": self.instance_type,
            "topology.kubernetes.io/zone": self.zone,
            "topology.kubernetes.io/region": self.zone[:-1],
            "eks.amazonaws.com/capacityType": "ON_DEMAND",
            OWNER_LABEL: self.group,
            **self.labels,
        }
        spec = {"providerID": f"aws:///{self.zone}/{self.instance}", "taints": list(self.taints)}
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": labels},
            "spec": spec,
            "status": self._status(offer, kubelet_port, now),
        }

    def _status(self, offer: Offer, kubelet_port: int, now: str) -> Json:
        size = {"cpu": str(offer.cores), "memory": str(offer.memory), "pods": str(offer.pods)}
        left = {"cpu": f"{offer.allocatable_millicores}m", "memory": str(offer.allocatable_memory)}
        return {
            "capacity": size,
            "allocatable": {**size, **left},
            "addresses": [
                {"type": "InternalIP", "address": NODE_ADDRESS},
                {"type": "Hostname", "address": self.name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": kubelet_port}},
            "nodeInfo": {
                "machineID": self.instance,
                "systemUUID": self.instance,
                "bootID": self.instance,
                "kernelVersion": "sandbox",
                "osImage": "Sandbox node: Pods are processes of this machine",
                "containerRuntimeVersion": "sandbox://1",
                "kubeletVersion": KUBELET_VERSION,
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": self.architecture,
            },
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True",
                    "reason": "KubeletReady",
                    "message": "sandbox node agent is posting ready status",
                    "lastHeartbeatTime": now,
                    "lastTransitionTime": now,
                }
            ],
        }


def wanted_nodes(directory: Path) -> dict[str, WantedNode]:
    """The nodes ``nodes.json`` asks for, by name; none while there is no such file."""
    try:
        groups = json.loads((directory / NODES_FILE).read_text())["nodegroups"]
        nodes = [
            _wanted(group, settings, instance)
            for group, settings in groups.items()
            for instance in settings["instances"]
        ]
        return {node.name: node for node in nodes}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError) as problem:
        raise ClusterError(
            f"{directory / NODES_FILE} is damaged ({problem}).", "Update the node group through EKS to write it anew."
        ) from problem


class NodeRegistry:
    """Keeps Node objects and leases as wanted.

    Args:
        api: Where they are.
        kubelet_port: Where the API server finds the nodes' logs.
    """

    def __init__(self, api: KubernetesApi, kubelet_port: int) -> None:
        self._api = api
        self._kubelet_port = kubelet_port

    def register(self, node: WantedNode) -> None:
        """Make the Node object, or bring an existing one up to date."""
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted = node.to_json(self._kubelet_port, now)
        try:
            self._api.create("/api/v1/nodes", wanted)
        except KubernetesApiError as problem:
            if problem.status != 409:
                raise
            labels = {"metadata": {"labels": wanted["metadata"]["labels"]}}
            self._api.patch(f"/api/v1/nodes/{node.name}", labels)
        self._api.patch(f"/api/v1/nodes/{node.name}/status", {"status": wanted["status"]})
        self.renew(node.name)

    def renew(self, name: str) -> None:
        """Say that the node is alive."""
        collection = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {"holderIdentity": name, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": now}
        try:
            self._api.patch(f"{collection}/{name}", {"spec": spec})
        except KubernetesApiError as problem:
            if problem.status != 404:
                raise
            lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
            self._api.create(collection, {**lease, "metadata": {"name": name}, "spec": spec})

    def drain(self, name: str, pods: list[Json]) -> None:
        """Take no new Pods and delete those there, as EKS does before it ends an instance."""
        try:
            self._api.patch(f"/api/v1/nodes/{name}", {"spec": {"unschedulable": True}})
        except KubernetesApiError as problem:
            if problem.status != 404:
                raise
        for pod in pods:
            metadata = pod["metadata"]
            if "deletionTimestamp" not in metadata:
                path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
                self._api.delete(path, uid=metadata["uid"])

    def deregister(self, name: str) -> None:
        """Delete the Node object and its lease."""
        self._api.delete(f"/api/v1/nodes/{name}")
        self._api.delete(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{name}")


def _wanted(group: str, settings: Mapping[str, Any], instance: Mapping[str, str]) -> WantedNode:
    # The name must be the same after a restart and an instance's own: a digest stands in for the address EC2 gives.
    seed = hashlib.sha256(instance["id"].encode()).digest()
    region = instance["zone"][:-1]
    taints = tuple(
        {**taint, "effect": TAINT_EFFECTS.get(taint["effect"], taint["effect"])}
        for taint in settings.get("taints") or ()
    )
    return WantedNode(
        f"ip-10-{seed[0]}-{seed[1]}-{seed[2]}.{'ec2' if region == 'us-east-1' else f'{region}.compute'}.internal",
        instance["id"],
        group,
        instance["zone"],
        settings.get("instanceType") or "m5.large",
        settings.get("architecture") or "amd64",
        settings.get("labels") or {},
        taints,
    )
