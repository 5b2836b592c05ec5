"""One round after the other: look at Pods, nodes and Auto Scaling groups, and resize what needs it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from langsmith_sandbox.autoscaler import planning
from langsmith_sandbox.autoscaler.planning import Growth, Json, ScalingGroup
from langsmith_sandbox.autoscaler.settings import Settings

LOG = logging.getLogger("cluster-autoscaler")


class Kubernetes(Protocol):
    """What is read from the cluster, and told to it."""

    def nodes(self) -> list[Json]:
        """All nodes."""
        ...

    def pods(self) -> list[Json]:
        """All Pods."""
        ...

    def tell(self, pod: Json, kind: str, reason: str, message: str) -> None:
        """Record an event about a Pod."""
        ...


class AutoScaling(Protocol):
    """The operations of boto3's Auto Scaling client that are used here."""

    def get_paginator(self, operation_name: str) -> Any:
        """Pages of ``describe_auto_scaling_groups``."""
        ...

    def set_desired_capacity(self, **parameters: Any) -> Any:
        """Have a group start or end instances."""
        ...

    def terminate_instance_in_auto_scaling_group(self, **parameters: Any) -> Any:
        """End one instance."""
        ...


class Scaler:
    """Looks after the groups that carry the tags.

    Args:
        settings: How.
        kubernetes: The cluster.
        aws: The Auto Scaling API, with the Pod's own credentials.
        clock: The time.
    """

    def __init__(
        self, settings: Settings, kubernetes: Kubernetes, aws: AutoScaling, *, clock: Callable[[], dt.datetime]
    ) -> None:
        self._settings = settings
        self._kubernetes = kubernetes
        self._aws = aws
        self._clock = clock
        self._idle_since: dict[str, dt.datetime] = {}
        self._added_at: dt.datetime | None = None
        self._told: dict[str, str] = {}

    def groups(self) -> list[ScalingGroup]:
        """The groups that carry every tag; raises what the AWS client raises."""
        filters = [{"Name": "tag-key", "Values": [key]} for key in self._settings.tags]
        pages = self._aws.get_paginator("describe_auto_scaling_groups").paginate(Filters=filters)
        return [_group(each) for page in pages for each in page["AutoScalingGroups"]]

    def round(self) -> None:
        """Grow what is too small, or else shrink what is too large; raises what the clients raise."""
        nodes, pods, groups = self._kubernetes.nodes(), self._kubernetes.pods(), self.groups()
        waiting = {pod["metadata"]["uid"] for pod in planning.waiting(pods)}
        self._told = {uid: said for uid, said in self._told.items() if uid in waiting}
        remaining = pods
        for group in groups:
            plan = planning.growth(group, nodes, remaining)
            if plan.nodes:
                self._grow(group, plan)
            remaining = [pod for pod in remaining if pod not in plan.helped]
            self._note_idle(group, nodes, pods)
            for pod, reason in plan.refused if group is groups[-1] else ():
                self._tell(pod, "NotTriggerScaleUp", f"pod didn't trigger scale-up: 1 {reason}")
        if not waiting:
            for group in groups:
                self._shrink(group, nodes)

    def _grow(self, group: ScalingGroup, plan: Growth) -> None:
        wanted = group.desired + plan.nodes
        self._aws.set_desired_capacity(AutoScalingGroupName=group.name, DesiredCapacity=wanted, HonorCooldown=False)
        self._added_at = self._clock()
        LOG.info("Scale-up: setting group %s size to %d", group.name, wanted)
        for pod in plan.helped:
            told = f"pod triggered scale-up: [{{{group.name} {group.desired}->{wanted} (max: {group.largest})}}]"
            self._tell(pod, "TriggeredScaleUp", told)

    def _note_idle(self, group: ScalingGroup, nodes: list[Json], pods: list[Json]) -> None:
        idle = planning.idle(group, nodes, pods)
        members = {node["metadata"]["name"] for node in planning.members_of(group, nodes)}
        for name in members - set(idle):
            self._idle_since.pop(name, None)
        for name in idle:
            self._idle_since.setdefault(name, self._clock())

    def _shrink(self, group: ScalingGroup, nodes: list[Json]) -> None:
        now = self._clock()
        if self._added_at is not None and now - self._added_at < self._settings.delay_after_add:
            return
        spare = group.desired - group.smallest
        for node in list(self._long_idle(group, nodes, now))[: max(0, spare)]:
            self._aws.terminate_instance_in_auto_scaling_group(
                InstanceId=planning.instance_of(node), ShouldDecrementDesiredCapacity=True
            )
            name = node["metadata"]["name"]
            LOG.info("Scale-down: removing empty node %s", name)
            del self._idle_since[name]

    def _long_idle(self, group: ScalingGroup, nodes: list[Json], now: dt.datetime) -> Iterator[Json]:
        for node in planning.members_of(group, nodes):
            since = self._idle_since.get(node["metadata"]["name"])
            if since is not None and now - since >= self._settings.unneeded_time:
                yield node

    def _tell(self, pod: Json, reason: str, message: str) -> None:
        """Each Pod hears the same only once."""
        if self._told.get(pod["metadata"]["uid"]) != message:
            self._told[pod["metadata"]["uid"]] = message
            self._kubernetes.tell(pod, "Normal", reason, message)


def _group(described: Json) -> ScalingGroup:
    return ScalingGroup(
        described["AutoScalingGroupName"],
        described["MinSize"],
        described["MaxSize"],
        described["DesiredCapacity"],
        tuple(each["InstanceId"] for each in described["Instances"]),
    )
