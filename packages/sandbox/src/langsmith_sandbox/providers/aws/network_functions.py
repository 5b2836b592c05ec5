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

#: Hosted zones of application load balancers. Source: the table of endpoints in AWS's general reference.
_LOAD_BALANCER_ZONES = {
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-south-1": "ZP97RAFLXTNZK",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "sa-east-1": "Z2P70J7HTTTPLU",
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
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


def load_balancer_zone(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """The hosted zone in which AWS has the names of a region's application load balancers.

    Raises:
        ProviderError: The region, or the type of load balancer, is none of those listed here.
    """
    region = arguments.get("region") or clients.region
    zone = _LOAD_BALANCER_ZONES.get(region)
    if zone is None or arguments.get("loadBalancerType", "application") != "application":
        what = f"The sandbox does not know the zone of load balancers of that type in {region}."
        raise ProviderError(what, f"Use one of {', '.join(sorted(_LOAD_BALANCER_ZONES))}, or an AWS account.")
    return {"id": zone, "loadBalancerType": "application", "region": region}
