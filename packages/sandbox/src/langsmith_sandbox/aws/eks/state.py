"""What EKS remembers of one region: clusters and everything inside them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from moto.eks.models import EKSBackend

from langsmith_sandbox.aws.errors import AwsError
from langsmith_sandbox.aws.runtime import ClusterReport

Tags = dict[str, str]


@dataclasses.dataclass
class Update:
    """A change in progress; it ends by itself at ``ends_at`` (seconds since the epoch)."""

    id: str
    type: str
    params: list[dict[str, str]]
    created_at: dt.datetime
    ends_at: float
    node_group: str | None = None
    addon: str | None = None


@dataclasses.dataclass(frozen=True)
class Instance:
    """An EC2 instance of a node group; EKS and Auto Scaling show it, EC2 does not."""

    id: str
    subnet: str
    zone: str
    launched_at: dt.datetime


@dataclasses.dataclass
class NodeGroup:
    """A managed node group. ``described`` holds what DescribeNodegroup echoes, by the API's member names."""

    name: str
    arn: str
    described: dict[str, Any]
    tags: Tags
    ready_at: float
    deleted_at: float | None = None
    instances: list[Instance] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class AccessEntry:
    """A principal known to a cluster; ``policies`` by policy ARN."""

    arn: str
    described: dict[str, Any]
    tags: Tags
    policies: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Addon:
    """An installed add-on."""

    name: str
    arn: str
    described: dict[str, Any]
    tags: Tags
    ready_at: float
    deleted_at: float | None = None


@dataclasses.dataclass
class Association:
    """A Pod Identity association: service account to role."""

    id: str
    arn: str
    described: dict[str, Any]
    tags: Tags


@dataclasses.dataclass
class Cluster:
    """One cluster. ``described`` holds what DescribeCluster echoes, by the API's member names.

    Attributes:
        ready_at: Not ACTIVE before this instant, whatever the runtime says.
        deleted_at: Set once deletion was asked for; gone after this instant and once the runtime let go of it.
        report: The runtime's last word, kept once the cluster is ACTIVE.
        was_active: It has been ACTIVE in an earlier life of the emulator.
    """

    name: str
    arn: str
    described: dict[str, Any]
    tags: Tags
    ready_at: float
    deleted_at: float | None = None
    report: ClusterReport | None = None
    was_active: bool = False
    node_groups: dict[str, NodeGroup] = dataclasses.field(default_factory=dict)
    access_entries: dict[str, AccessEntry] = dataclasses.field(default_factory=dict)
    addons: dict[str, Addon] = dataclasses.field(default_factory=dict)
    associations: dict[str, Association] = dataclasses.field(default_factory=dict)
    updates: dict[str, Update] = dataclasses.field(default_factory=dict)

    @property
    def version(self) -> str:
        """Kubernetes minor version, like ``1.35``."""
        return str(self.described["version"])

    @property
    def security_group(self) -> str:
        """The security group EKS made for the cluster."""
        return str(self.described["resourcesVpcConfig"]["clusterSecurityGroupId"])


def clusters_of(backend: EKSBackend) -> dict[str, Cluster]:
    """The clusters of one account and region, by name; kept on moto's backend so that a reset takes them along."""
    return backend.__dict__.setdefault("sandbox_clusters", {})


def cluster_named(backend: EKSBackend, name: str) -> Cluster:
    """The cluster, or ResourceNotFoundException."""
    found = clusters_of(backend).get(name)
    if found is None:
        raise not_found(f"No cluster found for name: {name}.", clusterName=name)
    return found


def node_group_named(cluster: Cluster, name: str) -> NodeGroup:
    """The node group, or ResourceNotFoundException."""
    found = cluster.node_groups.get(name)
    if found is None:
        raise not_found(f"No node group found for name: {name}.", clusterName=cluster.name, nodegroupName=name)
    return found


def not_found(message: str, **members: Any) -> AwsError:
    return AwsError("ResourceNotFoundException", message, **members)


def in_use(message: str, **members: Any) -> AwsError:
    return AwsError("ResourceInUseException", message, **members)


def invalid_parameter(message: str, **members: Any) -> AwsError:
    return AwsError("InvalidParameterException", message, **members)


def invalid_request(message: str, **members: Any) -> AwsError:
    return AwsError("InvalidRequestException", message, **members)
