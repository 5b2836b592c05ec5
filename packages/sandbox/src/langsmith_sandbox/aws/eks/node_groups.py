"""Managed node groups."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from langsmith_sandbox.aws.eks import lifecycle, scaling, updates
from langsmith_sandbox.aws.eks.access import grant_nodes
from langsmith_sandbox.aws.eks.handler import EksHandler, new_hex, new_uuid
from langsmith_sandbox.aws.eks.state import (
    Cluster,
    NodeGroup,
    in_use,
    invalid_parameter,
    invalid_request,
    node_group_named,
)

_AMI_TYPE = "AL2023_x86_64_STANDARD"
_ECHOED = ("subnets", "nodeRole", "remoteAccess", "nodeRepairConfig")


class NodeGroupOperations(EksHandler):
    """CreateNodegroup, DescribeNodegroup, ListNodegroups, UpdateNodegroup*, DeleteNodegroup."""

    def create_nodegroup(self) -> ActionResult:
        cluster, name = self.cluster(), self.param("nodegroupName")
        if name in cluster.node_groups:
            raise in_use(
                f"NodeGroup already exists with name {name} and cluster name {cluster.name}",
                clusterName=cluster.name,
                nodegroupName=name,
            )
        if lifecycle.cluster_status(cluster) not in {"ACTIVE", "UPDATING"}:
            raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)
        self._check_node_group(cluster)
        group = NodeGroup(
            name=name,
            arn=self.arn("nodegroup", cluster.name, name, new_uuid()),
            described=self._new_node_group(cluster, name),
            tags=dict(self.param("tags", {})),
            ready_at=self.now() + self.context.delays.node_group,
        )
        scaling.settle_size(self.backend, cluster, group)
        cluster.node_groups[name] = group
        grant_nodes(self, cluster, group.described["nodeRole"])
        return ActionResult({"nodegroup": describe(cluster, group)})

    def describe_nodegroup(self) -> ActionResult:
        cluster = self.cluster()
        return ActionResult({"nodegroup": describe(cluster, node_group_named(cluster, self.param("nodegroupName")))})

    def list_nodegroups(self) -> ActionResult:
        return ActionResult(self.page(self.cluster().node_groups, "nodegroups"))

    def update_nodegroup_config(self) -> ActionResult:
        cluster, group = self._idle_node_group()
        params = []
        if sizes := self.param("scalingConfig"):
            merged = {**group.described["scalingConfig"], **sizes}
            _check_scaling(merged)
            group.described["scalingConfig"] = merged
            params += [{"type": name[:1].upper() + name[1:], "value": str(value)} for name, value in sizes.items()]
        if labels := self.param("labels"):
            kept = {k: v for k, v in group.described["labels"].items() if k not in labels.get("removeLabels", [])}
            group.described["labels"] = {**kept, **labels.get("addOrUpdateLabels", {})}
            params.append({"type": "LabelsToAdd", "value": str(labels)})
        if taints := self.param("taints"):
            group.described["taints"] = _merge_taints(group.described["taints"], taints)
            params.append({"type": "TaintsToAdd", "value": str(taints)})
        for member in ("updateConfig", "nodeRepairConfig"):
            if wanted := self.param(member):
                group.described[member] = wanted
                params += [{"type": name[:1].upper() + name[1:], "value": str(value)} for name, value in wanted.items()]
        scaling.settle_size(self.backend, cluster, group)
        update = updates.start(self, cluster, "ConfigUpdate", params, node_group=group.name)
        return ActionResult({"update": updates.describe(update)})

    def update_nodegroup_version(self) -> ActionResult:
        cluster, group = self._idle_node_group()
        version = self.param("version") or cluster.version
        if version != cluster.version and self.param("launchTemplate") is None:
            raise invalid_parameter(
                f"Nodegroup Kubernetes version {version} must match the cluster's version {cluster.version}",
                clusterName=cluster.name, nodegroupName=group.name,
            )  # fmt: skip
        group.described["version"] = version
        group.described["releaseVersion"] = self.param("releaseVersion") or _release(version)
        if template := self.param("launchTemplate"):
            group.described["launchTemplate"] = self._template(template)
        params = [{"type": "Version", "value": version},
                  {"type": "ReleaseVersion", "value": group.described["releaseVersion"]}]  # fmt: skip
        update = updates.start(self, cluster, "VersionUpdate", params, node_group=group.name)
        return ActionResult({"update": updates.describe(update)})

    def delete_nodegroup(self) -> ActionResult:
        cluster = self.cluster()
        group = node_group_named(cluster, self.param("nodegroupName"))
        if group.deleted_at is None:
            self.context.runtime.set_nodes(cluster.name, group.name, None)
            group.deleted_at = self.now() + self.context.delays.node_group
        return ActionResult({"nodegroup": describe(cluster, group)})

    def _idle_node_group(self) -> tuple[Cluster, NodeGroup]:
        cluster = self.cluster()
        group = node_group_named(cluster, self.param("nodegroupName"))
        if lifecycle.part_status(group, cluster.updates) != "ACTIVE":
            raise in_use(
                f"Nodegroup {group.name} is not in ACTIVE status or has an update in progress",
                clusterName=cluster.name, nodegroupName=group.name,
            )  # fmt: skip
        return cluster, group

    def _check_node_group(self, cluster: Cluster) -> None:
        if not self.role_exists(self.param("nodeRole")):
            raise invalid_parameter(f"The role {self.param('nodeRole')} cannot be found.", clusterName=cluster.name)
        ec2 = ec2_backends[self.current_account][self.region]
        vpc = cluster.described["resourcesVpcConfig"]["vpcId"]
        for subnet in self.param("subnets", []):
            try:
                found = ec2.get_subnet(subnet)
            except EC2ClientError as problem:
                raise invalid_parameter(f"The subnet ID '{subnet}' does not exist") from problem
            if found.vpc_id != vpc:
                raise invalid_parameter(f"Subnet {subnet} is not in the cluster's VPC {vpc}")
        _check_scaling(self._scaling())
        for name in self.param("instanceTypes", []):
            if not ec2.describe_instance_type_offerings("region", {"instance-type": [name]}):
                raise invalid_parameter(f"[{name}] is not a valid instance type for this region")
            if not _fits(name, ami := self.param("amiType", _AMI_TYPE)):
                raise invalid_parameter(f"[{name}] is not a valid instance type for requested amiType {ami}")
        if self.param("launchTemplate") and self.param("diskSize"):
            raise invalid_parameter("Disk size must be specified within the launch template.")

    def _scaling(self) -> dict[str, int]:
        return {"minSize": 1, "maxSize": 2, "desiredSize": 2, **self.param("scalingConfig", {})}

    def _new_node_group(self, cluster: Cluster, name: str) -> dict[str, Any]:
        template = self.param("launchTemplate")
        described: dict[str, Any] = {
            "nodegroupName": name,
            "clusterName": cluster.name,
            "version": self.param("version") or cluster.version,
            "releaseVersion": self.param("releaseVersion") or _release(self.param("version") or cluster.version),
            "createdAt": self.context.clock.utc(),
            "modifiedAt": self.context.clock.utc(),
            "capacityType": self.param("capacityType", "ON_DEMAND"),
            "scalingConfig": self._scaling(),
            "amiType": self.param("amiType", _AMI_TYPE),
            "labels": dict(self.param("labels", {})),
            "taints": list(self.param("taints", [])),
            "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{new_hex(8)}"}]},
            "health": {"issues": []},
            "updateConfig": self.param("updateConfig") or {"maxUnavailable": 1},
            **{member: self.param(member) for member in _ECHOED if self.param(member) is not None},
        }
        if template:
            described["launchTemplate"] = self._template(template)
        else:
            described["diskSize"] = int(self.param("diskSize", 20))
        if self.param("instanceTypes") or not template:
            described["instanceTypes"] = self.param("instanceTypes") or ["t3.medium"]
        return described

    def _template(self, asked: dict[str, Any]) -> dict[str, str]:
        """The launch template by id, name and version, or InvalidParameterException."""
        ec2 = ec2_backends[self.current_account][self.region]
        for template in ec2.launch_templates.values():
            if asked.get("id") == template.id or asked.get("name") == template.name:
                version = asked.get("version") or str(template.default_version_number)
                return {"id": template.id, "name": template.name, "version": version}
        raise invalid_parameter(f"Launch template {asked.get('id') or asked.get('name')} not found")


def describe(cluster: Cluster, group: NodeGroup) -> dict[str, Any]:
    """The node group as DescribeNodegroup shows it."""
    status = lifecycle.part_status(group, cluster.updates)
    return {**group.described, "nodegroupArn": group.arn, "status": status, "tags": group.tags}


def _check_scaling(scaling: dict[str, int]) -> None:
    if scaling["minSize"] > scaling["desiredSize"]:
        raise invalid_parameter(
            f"Minimum capacity {scaling['minSize']} can't be greater than desired size {scaling['desiredSize']}"
        )
    if scaling["desiredSize"] > scaling["maxSize"]:
        raise invalid_parameter(
            f"desired capacity {scaling['desiredSize']} can't be greater than max size {scaling['maxSize']}"
        )


def _merge_taints(present: list[dict[str, str]], change: dict[str, Any]) -> list[dict[str, str]]:
    def key(taint: dict[str, str]) -> tuple[str | None, str | None]:
        return taint.get("key"), taint.get("effect")

    touched = {key(taint) for taint in [*change.get("removeTaints", []), *change.get("addOrUpdateTaints", [])]}
    return [taint for taint in present if key(taint) not in touched] + list(change.get("addOrUpdateTaints", []))


def _fits(instance_type: str, ami_type: str) -> bool:
    """Whether machine images of this type have programs for the instance's processor."""
    offered = INSTANCE_TYPES[instance_type]["ProcessorInfo"]["SupportedArchitectures"]
    return ("arm64" if "ARM_64" in ami_type else "x86_64") in offered


def _release(version: str) -> str:
    return f"{version}.2-20261101"
