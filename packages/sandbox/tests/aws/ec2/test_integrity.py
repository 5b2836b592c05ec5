"""Nothing goes while something else needs it."""

from __future__ import annotations

import pytest


@pytest.fixture
def ec2(client):
    return client("ec2")


def test_a_group_another_group_refers_to_stays(account, ec2, network):
    other = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=network.vpc)["GroupId"]
    pair = {"GroupId": other, "Description": "from the nodes"}
    rule = ec2.authorize_security_group_ingress(
        GroupId=network.group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [pair]}],
    )["SecurityGroupRules"][0]
    assert rule["Description"] == "from the nodes"
    assert rule["ReferencedGroupInfo"]["GroupId"] == other
    assert account.refusal(lambda: ec2.delete_security_group(GroupId=other)) == (
        "DependencyViolation",
        f"resource {other} has a dependent object",
    )
    ec2.revoke_security_group_ingress(GroupId=network.group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    ec2.delete_security_group(GroupId=other)


def test_the_default_group_cannot_be_deleted(account, ec2, network):
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])["SecurityGroups"]
    default = next(group["GroupId"] for group in groups if group["GroupName"] == "default")
    assert account.refusal(lambda: ec2.delete_security_group(GroupId=default))[0] == "CannotDelete"


def test_a_subnet_has_one_route_table(account, ec2, network):
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=network.subnets[0])["AssociationId"]
    code, _ = account.refusal(lambda: ec2.associate_route_table(RouteTableId=table, SubnetId=network.subnets[0]))
    assert code == "Resource.AlreadyAssociated"
    assert account.refusal(lambda: ec2.delete_route_table(RouteTableId=table))[0] == "DependencyViolation"
    ec2.disassociate_route_table(AssociationId=association)
    ec2.delete_route_table(RouteTableId=table)


def test_a_vpc_goes_last(account, ec2, network):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    steps = [
        lambda: [ec2.delete_subnet(SubnetId=subnet) for subnet in network.subnets],
        lambda: ec2.delete_security_group(GroupId=network.group),
        lambda: ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc),
    ]
    for step in steps:
        assert account.refusal(lambda: ec2.delete_vpc(VpcId=network.vpc))[0] == "DependencyViolation"
        step()
    ec2.delete_vpc(VpcId=network.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    assert account.leftovers() == [], "default group, main route table and network ACL go with their VPC"


def test_a_service_interface_cannot_be_deleted_by_hand(account, ec2, network):
    account.cluster(network)
    interface = ec2.describe_network_interfaces()["NetworkInterfaces"][0]["NetworkInterfaceId"]
    code, _ = account.refusal(lambda: ec2.delete_network_interface(NetworkInterfaceId=interface))
    assert code == "InvalidParameterValue"


def test_a_dry_run_changes_nothing(account, ec2):
    code, _ = account.refusal(lambda: ec2.create_vpc(CidrBlock="10.7.0.0/16", DryRun=True))
    assert code == "DryRunOperation", "permission probes read this code as a yes"
    assert account.leftovers() == []


def test_a_launch_template_shows_the_tags_it_has_now(ec2):
    made = ec2.create_launch_template(
        LaunchTemplateName="nodes",
        LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "a", "Value": "1"}]}],
    )["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_tags(Resources=[made], Tags=[{"Key": "b", "Value": "2"}])
    shown = ec2.describe_launch_templates(LaunchTemplateIds=[made])["LaunchTemplates"][0]["Tags"]
    assert sorted(tag["Key"] for tag in shown) == ["a", "b"]
