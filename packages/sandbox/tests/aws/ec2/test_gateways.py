"""NAT and internet gateways, addresses and endpoints: they take time, and hold what they use."""

from __future__ import annotations

import ipaddress

import pytest


@pytest.fixture
def ec2(client):
    return client("ec2")


@pytest.fixture
def address(ec2):
    return ec2.allocate_address(Domain="vpc")["AllocationId"]


@pytest.fixture
def nat(account, ec2, network, address):
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "Name", "Value": "nat-a"}]}]
    made = ec2.create_nat_gateway(SubnetId=network.subnets[0], AllocationId=address, TagSpecifications=tags)
    return made["NatGateway"]["NatGatewayId"]


def test_a_nat_gateway_is_pending_and_then_available(account, ec2, nat, address):
    assert ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "pending"
    account.settle()
    shown = ec2.describe_nat_gateways(Filters=[{"Name": "tag:Name", "Values": ["nat-a"]}])["NatGateways"][0]
    assert (shown["State"], shown["ConnectivityType"]) == ("available", "public")
    primary = shown["NatGatewayAddresses"][0]
    assert (primary["AllocationId"], primary["IsPrimary"]) == (address, True)
    assert ipaddress.ip_address(primary["PublicIp"]).is_global, "third parties allow-list this address"
    assert primary["PrivateIp"].startswith("10.0.0."), "of the subnet it is in"


def test_a_deleted_nat_gateway_lets_go_of_address_and_subnet(account, ec2, network, nat, address):
    account.settle()
    assert account.refusal(lambda: ec2.release_address(AllocationId=address))[0] == "InvalidIPAddress.InUse"
    assert account.refusal(lambda: ec2.delete_subnet(SubnetId=network.subnets[0]))[0] == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "deleting"
    assert account.refusal(lambda: ec2.release_address(AllocationId=address))[0] == "InvalidIPAddress.InUse"
    account.settle()
    assert ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "deleted"
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=network.subnets[0])


def test_a_nat_gateway_that_is_not_there_is_not_found(account, ec2):
    for call in (
        lambda: ec2.describe_nat_gateways(NatGatewayIds=["nat-0"]),
        lambda: ec2.delete_nat_gateway(NatGatewayId="nat-0"),
    ):
        assert account.refusal(call) == ("NatGatewayNotFound", "The Nat Gateway nat-0 was not found")


def test_an_address_serves_one_gateway(account, ec2, network, nat, address):
    code, _ = account.refusal(lambda: ec2.create_nat_gateway(SubnetId=network.subnets[1], AllocationId=address))
    assert code == "Resource.AlreadyAssociated"
    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert len(interfaces) == 1, "a refused gateway leaves no interface behind"


def test_an_internet_gateway_is_not_detached_under_mapped_addresses(account, ec2, network, nat):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    detach = {"InternetGatewayId": gateway, "VpcId": network.vpc}
    code, message = account.refusal(lambda: ec2.detach_internet_gateway(**detach))
    assert code == "DependencyViolation"
    assert "mapped public address" in message
    ec2.delete_nat_gateway(NatGatewayId=nat)
    account.settle()
    ec2.detach_internet_gateway(**detach)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


def test_a_gateway_endpoint_adds_its_route_and_takes_it_away(account, ec2, network):
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table]
    )["VpcEndpoint"]
    assert (endpoint["VpcEndpointType"], endpoint["State"]) == ("Gateway", "pending")
    targets = [route.get("GatewayId") for route in _routes(ec2, table)]
    assert targets == ["local", endpoint["VpcEndpointId"]]
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["Unsuccessful"] == []
    account.settle()
    assert [route.get("GatewayId") for route in _routes(ec2, table)] == ["local"]
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_a_gateway_endpoint_follows_its_route_tables(account, ec2, network):
    first, second = (ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    made = ec2.create_vpc_endpoint(VpcId=network.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[first])[
        "VpcEndpoint"
    ]
    identity = made["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=identity, AddRouteTableIds=[second])
    assert [route.get("GatewayId") for route in _routes(ec2, second)] == ["local", identity]
    ec2.modify_vpc_endpoint(VpcEndpointId=identity, RemoveRouteTableIds=[first])
    assert [route.get("GatewayId") for route in _routes(ec2, first)] == ["local"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[identity])
    account.settle()
    assert [route.get("GatewayId") for route in _routes(ec2, second)] == ["local"]


def test_an_interface_endpoint_holds_subnets_and_groups(account, ec2, network):
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName="com.amazonaws.us-east-1.ecr.api", VpcEndpointType="Interface",
        SubnetIds=network.subnets, SecurityGroupIds=[network.group], PrivateDnsEnabled=True,
    )["VpcEndpoint"]  # fmt: skip
    account.settle()
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])
    assert sorted(item["SubnetId"] for item in interfaces["NetworkInterfaces"]) == sorted(network.subnets)
    assert account.refusal(lambda: ec2.delete_security_group(GroupId=network.group))[0] == "DependencyViolation"
    assert account.refusal(lambda: ec2.delete_subnet(SubnetId=network.subnets[0]))[0] == "DependencyViolation"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    account.settle()
    ec2.delete_security_group(GroupId=network.group)
    ec2.delete_subnet(SubnetId=network.subnets[0])


def test_private_dns_needs_dns_in_the_vpc(account, ec2):
    vpc = ec2.create_vpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    code, message = account.refusal(
        lambda: ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName="com.amazonaws.us-east-1.ecr.api", VpcEndpointType="Interface"
        )
    )
    assert code == "InvalidParameter"
    assert "enableDnsHostnames" in message


def test_an_endpoint_that_is_not_there_is_reported_by_delete(ec2):
    answer = ec2.delete_vpc_endpoints(VpcEndpointIds=["vpce-0"])["Unsuccessful"]
    assert [(item["ResourceId"], item["Error"]["Code"]) for item in answer] == [
        ("vpce-0", "InvalidVpcEndpoint.NotFound")
    ]


def _routes(ec2, table):
    return ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
