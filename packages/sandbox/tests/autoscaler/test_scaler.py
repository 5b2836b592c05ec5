"""The autoscaler over time: nodes come when Pods find no room, and go when they have long been empty."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from langsmith_sandbox.autoscaler.scaler import Scaler
from langsmith_sandbox.autoscaler.settings import parse

FLAGS = ("--cloud-provider=aws", "--node-group-auto-discovery=asg:tag=enabled,prod")


class FakeGroup:
    """One Auto Scaling group of two to four instances, and a cluster in which each is a node at once."""

    def __init__(self) -> None:
        self.instances = ["i-1", "i-2"]
        self.asked: list[Any] = []
        self.running: list[dict[str, Any]] = []
        self.booting: set[str] = set()
        self.events: list[tuple[str, str]] = []

    def nodes(self) -> list[dict[str, Any]]:
        return [_node(each) for each in self.instances if each not in self.booting]

    def pods(self) -> list[dict[str, Any]]:
        return self.running

    def tell(self, pod: dict[str, Any], kind: str, reason: str, message: str) -> None:
        self.events.append((reason, message))

    def get_paginator(self, operation_name: str) -> FakeGroup:
        assert operation_name == "describe_auto_scaling_groups"
        return self

    def paginate(self, **parameters: Any) -> list[dict[str, Any]]:
        self.asked = parameters["Filters"]
        described = {"AutoScalingGroupName": "eks-main", "MinSize": 2, "MaxSize": 4}
        instances = [{"InstanceId": each} for each in self.instances]
        group = {**described, "DesiredCapacity": len(self.instances), "Instances": instances}
        return [{"AutoScalingGroups": [group]}]

    def set_desired_capacity(self, **parameters: Any) -> None:
        wanted = parameters["DesiredCapacity"]
        assert 2 <= wanted <= 4, "AWS would refuse"
        fresh = [f"i-{number}" for number in range(len(self.instances) + 1, wanted + 1)]
        self.instances += fresh
        self.booting |= set(fresh)

    def terminate_instance_in_auto_scaling_group(self, **parameters: Any) -> None:
        assert parameters["ShouldDecrementDesiredCapacity"], "else AWS starts another one in its place"
        self.instances.remove(parameters["InstanceId"])


def _node(instance: str) -> dict[str, Any]:
    size = {"cpu": "4", "memory": "16Gi", "pods": "58"}
    return {
        "metadata": {"name": f"node-{instance}", "labels": {}},
        "spec": {"providerID": f"aws:///us-east-1a/{instance}"},
        "status": {"allocatable": size},
    }


def _pod(name: str, cpu: str = "3", node: str = "", **metadata: Any) -> dict[str, Any]:
    unschedulable = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no room"}
    return {
        "metadata": {"name": name, "namespace": "agents", "uid": name, **metadata},
        "spec": {"nodeName": node, "containers": [{"resources": {"requests": {"cpu": cpu}}}]},
        "status": {"phase": "Running"} if node else {"phase": "Pending", "conditions": [unschedulable]},
    }


@pytest.fixture
def group() -> FakeGroup:
    return FakeGroup()


@pytest.fixture
def rounds(group: FakeGroup) -> Any:
    """Has the autoscaler look once, so many minutes after the last time."""
    now = [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
    scaler = Scaler(parse(FLAGS), group, group, clock=lambda: now[0])

    def look(minutes: float = 0) -> None:
        now[0] += dt.timedelta(minutes=minutes)
        scaler.round()

    return look


def test_it_looks_for_groups_that_carry_every_tag(group, rounds):
    rounds()
    assert group.asked == [{"Name": "tag-key", "Values": ["enabled"]}, {"Name": "tag-key", "Values": ["prod"]}]


def test_pods_that_find_no_room_bring_as_many_nodes_as_they_need(group, rounds):
    full = [_pod("a", node="node-i-1"), _pod("b", node="node-i-2")]
    group.running = [*full, _pod("c", cpu="2"), _pod("d", cpu="2")]
    rounds()
    assert len(group.instances) == 3, "both fit one node more"
    assert ("TriggeredScaleUp", "pod triggered scale-up: [{eks-main 2->3 (max: 4)}]") in group.events
    rounds()
    assert len(group.instances) == 3, "a node on its way has room for them already"


def test_it_stops_at_the_largest_size_and_says_so(group, rounds):
    full = [_pod("a", node="node-i-1"), _pod("b", node="node-i-2")]
    group.running = [*full, *(_pod(f"w{number}") for number in range(5))]
    rounds()
    assert len(group.instances) == 4
    assert ("NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached") in group.events
    told = len(group.events)
    rounds(1)
    assert len(group.events) == told, "each Pod hears the same only once"


@pytest.mark.parametrize(
    ("pod", "reason"),
    [
        (_pod("huge", cpu="16"), "Insufficient cpu"),
        ({**_pod("picky"), "spec": {**_pod("picky")["spec"], "nodeSelector": {"gpu": "yes"}}}, "node affinity"),
    ],
)
def test_a_pod_no_node_of_the_group_could_hold_brings_none(group, rounds, pod, reason):
    group.running = [pod]
    rounds()
    assert len(group.instances) == 2
    assert reason in group.events[0][1]


def test_a_node_goes_when_it_has_been_empty_for_its_time_and_not_before(group, rounds):
    group.instances = ["i-1", "i-2", "i-3"]
    daemon = _pod("agent", node="node-i-2", ownerReferences=[{"kind": "DaemonSet"}])
    done = {**_pod("job", node="node-i-2"), "status": {"phase": "Succeeded"}}
    group.running = [_pod("a", node="node-i-1"), _pod("c", node="node-i-3"), daemon, done]
    rounds()
    rounds(9)
    assert len(group.instances) == 3
    rounds(1)
    assert group.instances == ["i-1", "i-3"], "daemons and finished Pods keep no node"


def test_work_that_comes_back_starts_the_time_anew(group, rounds):
    group.instances = ["i-1", "i-2", "i-3"]
    busy = [_pod("a", node="node-i-1"), _pod("b", node="node-i-2")]
    group.running = busy
    rounds()
    rounds(5)
    group.running = [*busy, _pod("c", node="node-i-3")]
    rounds(1)
    group.running = busy
    rounds(1)
    rounds(9)
    assert len(group.instances) == 3
    rounds(1)
    assert group.instances == ["i-1", "i-2"]


def test_the_smallest_size_stays_however_idle(group, rounds):
    group.instances = ["i-1", "i-2", "i-3", "i-4"]
    rounds()
    rounds(60)
    assert len(group.instances) == 2


def test_after_a_node_came_none_goes_for_a_while(group, rounds):
    group.instances = ["i-1", "i-2", "i-3"]
    rounds()
    full = [_pod(name, node=f"node-{name}") for name in ("i-1", "i-2", "i-3")]
    group.running = [*full, _pod("w")]
    rounds(5)
    group.booting.clear()
    group.running = [*full[:2], _pod("w", node="node-i-4")]
    rounds(5)
    rounds(4.9)
    assert len(group.instances) == 4, "what was just needed may be needed again"
    rounds(5.2)
    assert len(group.instances) == 3
