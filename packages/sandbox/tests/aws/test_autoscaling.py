"""The Auto Scaling groups of node groups: found by tag, resized within their limits, and by those who may."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from langsmith_sandbox.autoscaler.scaler import Scaler
from langsmith_sandbox.autoscaler.settings import parse
from langsmith_sandbox.aws import context
from langsmith_sandbox.aws.credentials import OperatorKey
from langsmith_sandbox.aws.runtime import NodePlan, NullRuntime
from langsmith_sandbox.cluster.nodes import NODES_FILE, wanted_nodes

OWNED = "k8s.io/cluster-autoscaler/prod"


class RecordingRuntime(NullRuntime):
    """Remembers the last order."""

    plan: NodePlan | None = None

    def set_nodes(self, cluster: str, node_group: str, plan: NodePlan | None) -> None:
        self.plan = plan


@pytest.fixture
def runtime(account):
    recording = RecordingRuntime()
    context.use(context.Context(clock=account.clock, runtime=recording))
    return recording


@pytest.fixture
def eks(runtime, account, network):
    eks = account.cluster(network)
    eks.create_nodegroup(
        clusterName="prod",
        nodegroupName="main",
        subnets=network.subnets,
        nodeRole=account.role("nodes"),
        scalingConfig={"minSize": 1, "maxSize": 4, "desiredSize": 2},
    )
    account.settle()
    return eks


def described(account):
    (found,) = account.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return found


def sized(account, wanted: int):
    name = described(account)["AutoScalingGroupName"]
    return account.client("autoscaling").set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=wanted)


def test_a_node_group_is_found_by_the_tags_eks_puts_on_it(account, eks):
    client = account.client("autoscaling")
    mine = [{"Name": f"tag:{OWNED}", "Values": ["owned"]}]
    (found,) = client.describe_auto_scaling_groups(Filters=mine)["AutoScalingGroups"]
    shown = eks.describe_nodegroup(clusterName="prod", nodegroupName="main")["nodegroup"]
    assert found["AutoScalingGroupName"] == shown["resources"]["autoScalingGroups"][0]["name"]
    assert (found["MinSize"], found["DesiredCapacity"], found["MaxSize"]) == (1, 2, 4)
    others = [{"Name": "tag-key", "Values": ["k8s.io/cluster-autoscaler/other"]}]
    assert client.describe_auto_scaling_groups(Filters=others)["AutoScalingGroups"] == []


def test_another_capacity_reaches_the_nodes_and_eks(account, eks, runtime):
    before = {each["InstanceId"] for each in described(account)["Instances"]}
    sized(account, 3)
    assert before < {each.id for each in runtime.plan.instances}, "those that run go on"
    shown = eks.describe_nodegroup(clusterName="prod", nodegroupName="main")["nodegroup"]
    assert shown["scalingConfig"]["desiredSize"] == 3, "who compares sees drift, unless told to look away"
    sized(account, 1)
    assert len(runtime.plan.instances) == 1


@pytest.mark.parametrize(("wanted", "said"), [(5, "is above max value 4"), (0, "is below min value 1")])
def test_the_limits_hold(account, eks, wanted, said):
    code, message = account.refusal(lambda: sized(account, wanted))
    assert code == "ValidationError"
    assert said in message


def test_ending_an_instance_makes_room_or_a_successor(account, eks, runtime):
    client = account.client("autoscaling")
    first, second = (each["InstanceId"] for each in described(account)["Instances"])
    client.terminate_instance_in_auto_scaling_group(InstanceId=first, ShouldDecrementDesiredCapacity=True)
    assert [each.id for each in runtime.plan.instances] == [second]
    client.terminate_instance_in_auto_scaling_group(InstanceId=second, ShouldDecrementDesiredCapacity=False)
    (successor,) = runtime.plan.instances
    assert successor.id not in {first, second}
    code, message = account.refusal(
        lambda: client.terminate_instance_in_auto_scaling_group(
            InstanceId=successor.id, ShouldDecrementDesiredCapacity=True
        )
    )
    assert (code, "desiredSize equals minSize (1)" in message) == ("ValidationError", True)


def test_what_is_not_there_cannot_be_resized(account, eks):
    client = account.client("autoscaling")
    code, message = account.refusal(lambda: client.set_desired_capacity(AutoScalingGroupName="mine", DesiredCapacity=1))
    assert (code, "'mine' not found" in message) == ("ValidationError", True)
    eks.delete_nodegroup(clusterName="prod", nodegroupName="main")
    assert client.describe_auto_scaling_groups()["AutoScalingGroups"] == []


class PlannedCluster:
    """A cluster whose nodes are those the runtime was last told of, as its node agent would register them."""

    def __init__(self, runtime, folder) -> None:
        self._runtime, self._folder = runtime, folder
        self.running: list[dict[str, Any]] = []
        self.events: list[str] = []

    def nodes(self) -> list[dict[str, Any]]:
        instances = [dataclasses.asdict(each) for each in self._runtime.plan.instances]
        groups = {"main": {"instances": instances, "instanceType": self._runtime.plan.instance_type}}
        (self._folder / NODES_FILE).write_text(json.dumps({"nodegroups": groups}))
        return [node.to_json(10250, "2026-01-01T00:00:00Z") for node in wanted_nodes(self._folder).values()]

    def pods(self) -> list[dict[str, Any]]:
        return self.running

    def tell(self, pod, kind: str, reason: str, message: str) -> None:
        self.events.append(reason)

    def ask_for(self, *names: str) -> None:
        """Pods of which a node holds one; the scheduler has found a place for none."""
        unschedulable = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
        self.running = [
            {
                "metadata": {"name": name, "namespace": "agents", "uid": name},
                "spec": {"containers": [{"resources": {"requests": {"cpu": "1500m"}}}]},
                "status": {"phase": "Pending", "conditions": [unschedulable]},
            }
            for name in names
        ]


def test_nodes_come_for_pods_without_room_and_go_when_they_are_empty(account, eks, runtime, tmp_path):
    cluster, now = PlannedCluster(runtime, tmp_path), [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
    flags = ("--cloud-provider=aws", f"--node-group-auto-discovery=asg:tag={OWNED}")
    scaler = Scaler(parse(flags), cluster, account.client("autoscaling"), clock=lambda: now[0])
    cluster.ask_for("a", "b", "c")
    scaler.round()
    assert len(cluster.nodes()) == 3, "two there were, and each holds one"
    cluster.ask_for(*"abcdef")
    scaler.round()
    assert len(cluster.nodes()) == 4, "the group's largest size"
    assert "NotTriggerScaleUp" in cluster.events
    cluster.running = []
    scaler.round()
    now[0] += dt.timedelta(minutes=11)
    scaler.round()
    assert len(cluster.nodes()) == 1, "the group's smallest size"


def test_a_condition_on_the_clusters_tag_keeps_other_clusters_groups_out_of_reach(account, eks):
    arn = account.role("scaler")
    made = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="s")["Credentials"]
    key, token = OperatorKey(made["AccessKeyId"], made["SecretAccessKey"]), made["SessionToken"]
    name = described(account)["AutoScalingGroupName"]

    def resize():
        account.client("autoscaling", key, token).set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=2)

    def allow(cluster: str):
        condition = {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}}
        statement = {"Effect": "Allow", "Action": "autoscaling:Set*", "Resource": "*", "Condition": condition}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        account.client("iam").put_role_policy(RoleName="scaler", PolicyName="p", PolicyDocument=document)

    allow("other")
    code, message = account.refusal(resize)
    assert code == "AccessDenied"
    assert f"on resource: {described(account)['AutoScalingGroupARN']} because no identity-based policy" in message
    allow("prod")
    resize()
