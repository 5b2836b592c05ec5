"""Data sources about a network that is there already: ``aws.ec2.get_vpc()`` and its like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.resource import Call
from langsmith_sandbox.providers.plugin import ProviderError

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.clients import Clients
    from langsmith_sandbox.providers.properties import Properties

#: Targets of a route, by property and by member.
_TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "instanceId": "InstanceId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


def vpc(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """One VPC, by its id."""
    found = _only(_ec2(clients, arguments, "describe_vpcs", VpcIds=[arguments["id"]])["Vpcs"], "VPC")
    attributes = {
        name: _ec2(clients, arguments, "describe_vpc_attribute", VpcId=found["VpcId"], Attribute=name)
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    blocks = [
        {
            "associationId": each["AssociationId"],
            "cidrBlock": each["CidrBlock"],
            "state": each["CidrBlockState"]["State"],
        }
        for each in found.get("CidrBlockAssociationSet", [])
    ]
    return {
        "cidrBlock": found["CidrBlock"],
        "cidrBlockAssociations": blocks,
        "default": found["IsDefault"],
        "enableDnsHostnames": attributes["enableDnsHostnames"]["EnableDnsHostnames"]["Value"],
        "enableDnsSupport": attributes["enableDnsSupport"]["EnableDnsSupport"]["Value"],
        "id": found["VpcId"],
        "instanceTenancy": found["InstanceTenancy"],
        "state": found["State"],
        "tags": _tags(found),
    }


def subnet(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """One subnet, by its id."""
    found = _only(_ec2(clients, arguments, "describe_subnets", SubnetIds=[arguments["id"]])["Subnets"], "subnet")
    return {
        "arn": found["SubnetArn"],
        "availabilityZone": found["AvailabilityZone"],
        "availabilityZoneId": found["AvailabilityZoneId"],
        "availableIpAddressCount": found["AvailableIpAddressCount"],
        "cidrBlock": found["CidrBlock"],
        "id": found["SubnetId"],
        "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
        "state": found["State"],
        "tags": _tags(found),
        "vpcId": found["VpcId"],
    }


def route_tables(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """Ids of the route tables that pass the filters; there may be none."""
    filters = [{"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters", [])]
    if vpc_id := arguments.get("vpcId"):
        filters.append({"Name": "vpc-id", "Values": [vpc_id]})
    found = _ec2(clients, arguments, "describe_route_tables", Filters=filters)["RouteTables"]
    return {**arguments, "id": clients.region, "ids": [each["RouteTableId"] for each in found]}


def route_table(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """One route table, by its id, with the routes somebody made."""
    wanted = [arguments["routeTableId"]]
    found = _only(_ec2(clients, arguments, "describe_route_tables", RouteTableIds=wanted)["RouteTables"], "route table")
    routes = [
        {
            "cidrBlock": each.get("DestinationCidrBlock", ""),
            **{name: each.get(member) or "" for name, member in _TARGETS.items()},
        }
        for each in found["Routes"]
        if each.get("GatewayId") != "local" and not str(each.get("GatewayId")).startswith("vpce-")
    ]
    return {
        "associations": [],
        "id": found["RouteTableId"],
        "routeTableId": found["RouteTableId"],
        "routes": routes,
        "tags": _tags(found),
        "vpcId": found["VpcId"],
    }


def nat_gateway(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """One NAT gateway, by its id, and its first address."""
    wanted = [arguments["id"]]
    found = _only(_ec2(clients, arguments, "describe_nat_gateways", NatGatewayIds=wanted)["NatGateways"], "NAT gateway")
    address = found["NatGatewayAddresses"][0]
    return {
        "allocationId": address["AllocationId"],
        "connectivityType": found.get("ConnectivityType", "public"),
        "id": found["NatGatewayId"],
        "privateIp": address.get("PrivateIp", ""),
        "publicIp": address.get("PublicIp", ""),
        "state": found["State"],
        "subnetId": found["SubnetId"],
        "tags": _tags(found),
        "vpcId": found["VpcId"],
    }


def _ec2(clients: Clients, arguments: Properties, operation: str, **members: Any) -> dict[str, Any]:
    return clients.call("ec2", Call(operation), {"region": arguments.get("region")}, extra=members)


def _only(found: list[dict[str, Any]], what: str) -> dict[str, Any]:
    if len(found) != 1:
        raise ProviderError(f"There are {len(found)} {what}s of that id.", "Name one that exists.")
    return found[0]


def _tags(found: Mapping[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in found.get("Tags", [])}
