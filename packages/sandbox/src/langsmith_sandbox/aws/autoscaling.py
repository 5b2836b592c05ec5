"""EC2 Auto Scaling, as far as node groups need it: groups are EKS's, and others may look at them and change their size.

Groups of one's own are not offered. Messages are the service's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.eks.models import EKSBackend, eks_backends

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.eks import scaling
from langsmith_sandbox.aws.eks.handler import new_uuid
from langsmith_sandbox.aws.eks.state import Cluster, Instance, NodeGroup
from langsmith_sandbox.aws.errors import AwsError

_PAGE = 50
_TAG_FILTER = "tag:"


class AutoScalingResponse(BaseResponse):
    """Handles one request."""

    def __init__(self) -> None:
        super().__init__(service_name="autoscaling")
        self.automated_parameter_parsing = True

    def describe_auto_scaling_groups(self) -> ActionResult:
        names = self._get_param("AutoScalingGroupNames") or []
        filters = self._get_param("Filters") or []
        found = [
            _describe(self._backend, cluster, group)
            for cluster, group in scaling.groups(self._backend)
            if (not names or scaling.scaling_group_name(group) in names) and _passes(cluster, group, filters)
        ]
        page, token = self._page(found)
        return ActionResult({"AutoScalingGroups": page, "NextToken": token})

    def describe_auto_scaling_instances(self) -> ActionResult:
        wanted = self._get_param("InstanceIds") or []
        found = [
            {**_instance(group, each), "AutoScalingGroupName": scaling.scaling_group_name(group)}
            for _, group in scaling.groups(self._backend)
            for each in group.instances
            if not wanted or each.id in wanted
        ]
        page, token = self._page(found)
        return ActionResult({"AutoScalingInstances": page, "NextToken": token})

    def set_desired_capacity(self) -> EmptyResult:
        name, wanted = self._get_param("AutoScalingGroupName"), int(self._get_param("DesiredCapacity"))
        cluster, group = self._named(name)
        limits = group.described["scalingConfig"]
        if not limits["minSize"] <= wanted <= limits["maxSize"]:
            side, limit = ("above", "max") if wanted > limits["maxSize"] else ("below", "min")
            bound = limits[f"{limit}Size"]
            raise _invalid(
                f"New SetDesiredCapacity value {wanted} is {side} {limit} value {bound} for the AutoScalingGroup."
            )
        limits["desiredSize"] = wanted
        scaling.settle_size(self._backend, cluster, group)
        return EmptyResult()

    def terminate_instance_in_auto_scaling_group(self) -> ActionResult:
        wanted = self._get_param("InstanceId")
        cluster, group, instance = self._holding(wanted)
        limits = group.described["scalingConfig"]
        if self._get_bool_param("ShouldDecrementDesiredCapacity"):
            if limits["desiredSize"] <= limits["minSize"]:
                raise _invalid(
                    f"Currently, desiredSize equals minSize ({limits['minSize']}). Terminating instance without "
                    "replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity "
                    "flag to false or lower group's min size."
                )
            limits["desiredSize"] -= 1
        group.instances.remove(instance)
        scaling.settle_size(self._backend, cluster, group)
        activity = {
            "ActivityId": new_uuid(),
            "AutoScalingGroupName": scaling.scaling_group_name(group),
            "Cause": f"instance {wanted} was taken out of service in response to a user request.",
            "Description": f"Terminating EC2 instance: {wanted}",
            "StartTime": current().clock.utc(),
            "StatusCode": "InProgress",
            "Progress": 0,
        }
        return ActionResult({"Activity": activity})

    @property
    def _backend(self) -> EKSBackend:
        return eks_backends[self.current_account][self.region]

    def _named(self, name: str) -> tuple[Cluster, NodeGroup]:
        found = find_group(self._backend, name)
        if found is None:
            raise _invalid(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
        return found

    def _holding(self, instance_id: str) -> tuple[Cluster, NodeGroup, Instance]:
        for cluster, group in scaling.groups(self._backend):
            for instance in group.instances:
                if instance.id == instance_id:
                    return cluster, group, instance
        raise _invalid(f"Instance Id not found - No managed instance found for instance ID: {instance_id}")

    def _page(self, found: list[Any]) -> tuple[list[Any], str | None]:
        start = int(self._get_param("NextToken") or 0)
        end = start + int(self._get_param("MaxRecords") or _PAGE)
        return found[start:end], str(end) if end < len(found) else None


def find_group(backend: EKSBackend, name: str) -> tuple[Cluster, NodeGroup] | None:
    """The node group whose Auto Scaling group has this name, or one of whose instances has this id."""
    for cluster, group in scaling.groups(backend):
        if name == scaling.scaling_group_name(group) or any(name == each.id for each in group.instances):
            return cluster, group
    return None


def _passes(cluster: Cluster, group: NodeGroup, filters: list[dict[str, Any]]) -> bool:
    return all(_passes_one(scaling.scaling_group_tags(cluster, group), each) for each in filters)


def _passes_one(tags: Any, wanted: dict[str, Any]) -> bool:
    name, values = wanted["Name"], wanted["Values"]
    if name.startswith(_TAG_FILTER):
        return tags.get(name.removeprefix(_TAG_FILTER)) in values
    if name == "tag-key":
        return any(key in values for key in tags)
    if name == "tag-value":
        return any(value in values for value in tags.values())
    raise _invalid(f"The filter name {name} is not valid.")


def _describe(backend: EKSBackend, cluster: Cluster, group: NodeGroup) -> dict[str, Any]:
    name, limits = scaling.scaling_group_name(group), group.described["scalingConfig"]
    return {
        "AutoScalingGroupName": name,
        "AutoScalingGroupARN": scaling.scaling_group_arn(backend, group),
        "MinSize": limits["minSize"],
        "MaxSize": limits["maxSize"],
        "DesiredCapacity": limits["desiredSize"],
        "DefaultCooldown": 300,
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 15,
        "AvailabilityZones": sorted({each.zone for each in group.instances}),
        "VPCZoneIdentifier": ",".join(group.described["subnets"]),
        "CreatedTime": group.described["createdAt"],
        "Instances": [_instance(group, each) for each in group.instances],
        "Tags": list(_tags(name, cluster, group)),
    }


def _instance(group: NodeGroup, instance: Instance) -> dict[str, Any]:
    return {
        "InstanceId": instance.id,
        "InstanceType": (group.described.get("instanceTypes") or [""])[0],
        "AvailabilityZone": instance.zone,
        "LifecycleState": "InService",
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": False,
    }


def _tags(name: str, cluster: Cluster, group: NodeGroup) -> Iterator[dict[str, Any]]:
    for key, value in scaling.scaling_group_tags(cluster, group).items():
        yield {
            "Key": key,
            "Value": value,
            "ResourceId": name,
            "ResourceType": "auto-scaling-group",
            "PropagateAtLaunch": True,
        }


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
