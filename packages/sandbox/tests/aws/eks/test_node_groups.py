"""Managed node groups: what they show, how they scale, and what they hold on to."""

from __future__ import annotations

import pytest

from langsmith_sandbox.aws import context
from langsmith_sandbox.aws.runtime import NodePlan, NullRuntime


class RecordingRuntime(NullRuntime):
    """Remembers the last order for each node group."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: dict[str, NodePlan | None] = {}

    def set_nodes(self, cluster: str, node_group: str, plan: NodePlan | None) -> None:
        self.plans[f"{cluster}/{node_group}"] = plan


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
        instanceTypes=["m5.xlarge"],
        labels={"pool": "main"},
        tags={"team": "agents"},
    )
    account.settle()
    return eks


def describe(eks):
    return eks.describe_nodegroup(clusterName="prod", nodegroupName="main")["nodegroup"]


def test_a_node_group_follows_its_cluster_and_runs_its_nodes(account, eks, runtime):
    shown = describe(eks)
    assert shown["status"] == "ACTIVE"
    assert shown["version"] == "1.35", "the cluster's version unless told otherwise"
    assert shown["amiType"] == "AL2023_x86_64_STANDARD"
    assert "remoteAccess" not in shown, "none was asked for, and moto's invention makes the provider replace the group"
    plan = runtime.plans["prod/main"]
    assert (plan.instance_type, plan.labels) == ("m5.xlarge", {"pool": "main"})
    assert [each.zone for each in plan.instances] == ["us-east-1a", "us-east-1b"], "one a subnet, as far as they go"


def test_scaling_reaches_the_nodes_and_is_recorded(account, eks, runtime):
    made = eks.update_nodegroup_config(clusterName="prod", nodegroupName="main", scalingConfig={"desiredSize": 3})
    assert describe(eks)["status"] == "UPDATING"
    account.settle()
    update = eks.describe_update(name="prod", updateId=made["update"]["id"], nodegroupName="main")["update"]
    assert update["status"] == "Successful"
    plan = runtime.plans["prod/main"]
    assert plan is not None
    assert len(plan.instances) == 3
    assert describe(eks)["scalingConfig"] == {"minSize": 1, "maxSize": 4, "desiredSize": 3}


def test_labels_and_taints_are_merged_not_replaced(account, eks):
    eks.update_nodegroup_config(
        clusterName="prod",
        nodegroupName="main",
        labels={"addOrUpdateLabels": {"zone": "a"}, "removeLabels": ["pool"]},
        taints={"addOrUpdateTaints": [{"key": "gpu", "value": "yes", "effect": "NO_SCHEDULE"}]},
    )
    account.settle()
    assert describe(eks)["labels"] == {"zone": "a"}
    assert describe(eks)["taints"] == [{"key": "gpu", "value": "yes", "effect": "NO_SCHEDULE"}]


def test_nodes_hold_their_subnets_until_the_group_is_gone(account, network, eks, runtime):
    ec2 = account.client("ec2")
    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert sum(item["Description"].startswith("aws-K8S-") for item in interfaces) == 2, "one a node"
    eks.delete_nodegroup(clusterName="prod", nodegroupName="main")
    assert describe(eks)["status"] == "DELETING"
    account.settle()
    assert eks.list_nodegroups(clusterName="prod")["nodegroups"] == []
    assert runtime.plans["prod/main"] is None
    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert not [item for item in interfaces if item["Description"].startswith("aws-K8S-")]


def test_a_node_group_needs_an_active_cluster(runtime, account, network, monkeypatch):
    eks = account.client("eks")
    now = account.clock.now()
    monkeypatch.setattr(account.clock, "_source", lambda: now)  # however slow the machine, no time passes
    eks.create_cluster(name="new", roleArn=account.role(), resourcesVpcConfig={"subnetIds": network.subnets})
    code, message = account.refusal(
        lambda: eks.create_nodegroup(
            clusterName="new", nodegroupName="main", subnets=network.subnets, nodeRole=account.role("nodes")
        )
    )
    assert (code, message) == ("InvalidRequestException", "Cluster 'new' is not in ACTIVE status")


def test_a_second_node_group_of_the_same_name_is_refused(account, network, eks):
    code, _ = account.refusal(
        lambda: eks.create_nodegroup(
            clusterName="prod", nodegroupName="main", subnets=network.subnets, nodeRole=account.role("other")
        )
    )
    assert code == "ResourceInUseException"


def test_graviton_nodes_are_arm64(account, network, eks, runtime):
    eks.create_nodegroup(
        clusterName="prod",
        nodegroupName="graviton",
        subnets=network.subnets,
        nodeRole=account.role("graviton"),
        instanceTypes=["m7g.large"],
        amiType="AL2023_ARM_64_STANDARD",
    )
    plans = {name: plan.architecture for name, plan in runtime.plans.items() if plan}
    assert plans == {"prod/main": "amd64", "prod/graviton": "arm64"}


@pytest.mark.parametrize(
    ("change", "part_of_message"),
    [
        ({"scalingConfig": {"minSize": 3, "maxSize": 4, "desiredSize": 2}}, "Minimum capacity 3"),
        ({"scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 3}}, "desired capacity 3"),
        ({"instanceTypes": ["m5.huge"]}, "m5.huge"),
        ({"instanceTypes": ["m7g.large"]}, "for requested amiType AL2023_x86_64_STANDARD"),
        (
            {"instanceTypes": ["m5.large"], "amiType": "BOTTLEROCKET_ARM_64"},
            "for requested amiType BOTTLEROCKET_ARM_64",
        ),
        ({"launchTemplate": {"name": "missing"}}, "missing"),
        ({"nodeRole": "arn:aws:iam::123456789012:role/missing"}, "missing"),
    ],
)
def test_a_node_group_aws_would_not_build_is_refused(account, network, eks, change, part_of_message):
    wanted = {"nodeRole": account.role("more"), "subnets": network.subnets, **change}
    code, message = account.refusal(lambda: eks.create_nodegroup(clusterName="prod", nodegroupName="more", **wanted))
    assert code == "InvalidParameterException"
    assert part_of_message in message


def test_a_launch_template_is_shown_by_id_name_and_version(account, network, eks):
    template = account.client("ec2").create_launch_template(
        LaunchTemplateName="nodes", LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required"}}
    )["LaunchTemplate"]
    made = eks.create_nodegroup(
        clusterName="prod",
        nodegroupName="templated",
        subnets=network.subnets,
        nodeRole=account.role("templated"),
        launchTemplate={"id": template["LaunchTemplateId"], "version": "1"},
    )["nodegroup"]
    assert made["launchTemplate"] == {"id": template["LaunchTemplateId"], "name": "nodes", "version": "1"}
    assert "diskSize" not in made, "the template decides about disks"
