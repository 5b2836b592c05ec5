"""Clusters: created over time, described as the runtime says, deleted only when empty."""

from __future__ import annotations

import base64

import pytest


@pytest.fixture
def eks(account, network):
    return account.cluster(network)


def test_a_new_cluster_is_creating_until_its_time_has_come(account, network):
    eks = account.client("eks")
    made = eks.create_cluster(
        name="prod", roleArn=account.role(), resourcesVpcConfig={"subnetIds": network.subnets}, tags={"team": "agents"}
    )["cluster"]
    assert made["status"] == "CREATING", "a waiter must have something to wait for"
    assert "endpoint" not in made, "AWS shows no endpoint before there is one"
    account.settle()
    shown = eks.describe_cluster(name="prod")["cluster"]
    assert shown["status"] == "ACTIVE"
    assert shown["tags"] == {"team": "agents"}
    assert shown["version"] == "1.35", "the default version of the table"
    certificate = base64.b64decode(shown["certificateAuthority"]["data"])
    assert certificate.startswith(b"-----BEGIN CERTIFICATE-----"), "clients write it into a kubeconfig as PEM"


def test_what_a_cluster_was_asked_for_is_what_it_shows(account, network):
    eks = account.cluster(
        network,
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        upgradePolicy={"supportType": "STANDARD"},
        deletionProtection=True,
        logging={"clusterLogging": [{"types": ["audit", "api"], "enabled": True}]},
    )
    shown = eks.describe_cluster(name="prod")["cluster"]
    assert shown["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }, "a flag that comes back changed makes the provider replace the cluster"
    assert shown["upgradePolicy"] == {"supportType": "STANDARD"}
    assert shown["deletionProtection"] is True
    enabled = [kinds for kinds in shown["logging"]["clusterLogging"] if kinds["enabled"]]
    assert enabled == [{"types": ["api", "audit"], "enabled": True}]


def test_a_cluster_has_a_security_group_that_lives_as_long_as_it_does(account, network, eks):
    ec2 = account.client("ec2")
    group = eks.describe_cluster(name="prod")["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"]
    assert ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"] == network.vpc
    eks.delete_cluster(name="prod")
    account.settle()
    code, _ = account.refusal(lambda: ec2.describe_security_groups(GroupIds=[group]))
    assert code == "InvalidGroup.NotFound", "the group EKS made must go with the cluster, or the VPC cannot"


def test_a_subnet_cannot_go_while_a_control_plane_stands_in_it(account, network, eks):
    ec2 = account.client("ec2")
    code, _ = account.refusal(lambda: ec2.delete_subnet(SubnetId=network.subnets[0]))
    assert code == "DependencyViolation", "this is the wrong destroy order that moto lets pass"
    eks.delete_cluster(name="prod")
    account.settle()
    ec2.delete_subnet(SubnetId=network.subnets[0])


def test_a_second_cluster_of_the_same_name_is_refused(account, network, eks):
    code, message = account.refusal(
        lambda: eks.create_cluster(
            name="prod", roleArn=account.role(), resourcesVpcConfig={"subnetIds": network.subnets}
        )
    )
    assert (code, message) == ("ResourceInUseException", "Cluster already exists with name: prod")


def test_a_cluster_that_is_not_there_is_not_found(account):
    code, message = account.refusal(lambda: account.client("eks").describe_cluster(name="gone"))
    assert (code, message) == ("ResourceNotFoundException", "No cluster found for name: gone.")


def test_a_protected_cluster_is_not_deleted_until_protection_is_lowered(account, network):
    eks = account.cluster(network, deletionProtection=True)
    code, _ = account.refusal(lambda: eks.delete_cluster(name="prod"))
    assert code == "InvalidRequestException"
    eks.update_cluster_config(name="prod", deletionProtection=False)
    account.settle()
    assert eks.delete_cluster(name="prod")["cluster"]["status"] == "DELETING"
    account.settle()
    assert eks.list_clusters()["clusters"] == []


def test_a_cluster_with_node_groups_is_not_deleted(account, network, eks):
    eks.create_nodegroup(
        clusterName="prod", nodegroupName="main", subnets=network.subnets, nodeRole=account.role("nodes")
    )
    code, message = account.refusal(lambda: eks.delete_cluster(name="prod"))
    assert (code, message) == ("ResourceInUseException", "Cluster has nodegroups attached")


@pytest.mark.parametrize(
    ("change", "part_of_message"),
    [
        ({"roleArn": "arn:aws:iam::123456789012:role/missing"}, "does not exist"),
        ({"version": "1.19"}, "unsupported Kubernetes version"),
        ({"resourcesVpcConfig": {"subnetIds": ["subnet-0"]}}, "subnet-0"),
        ({"name": "-bad name"}, "cluster name"),
    ],
)
def test_a_cluster_aws_would_not_build_is_refused(account, network, change, part_of_message):
    wanted = {"name": "prod", "roleArn": account.role(), "resourcesVpcConfig": {"subnetIds": network.subnets}, **change}
    code, message = account.refusal(lambda: account.client("eks").create_cluster(**wanted))
    assert code == "InvalidParameterException"
    assert part_of_message in message


def test_subnets_of_one_zone_only_are_refused(account, network):
    code, message = account.refusal(
        lambda: account.client("eks").create_cluster(
            name="prod", roleArn=account.role(), resourcesVpcConfig={"subnetIds": network.subnets[:1]}
        )
    )
    assert code == "InvalidParameterException"
    assert message == "Subnets specified must be in at least two different AZs"
