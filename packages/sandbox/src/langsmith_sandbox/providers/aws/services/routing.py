"""EC2: route tables, their routes and associations."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Update
from langsmith_sandbox.providers.aws.services import tagging

_GONE = "InvalidRouteTableID.NotFound"
_DESTINATIONS = "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId"
_TARGETS = (
    "carrierGatewayId egressOnlyGatewayId gatewayId localGatewayId natGatewayId networkInterfaceId transitGatewayId"
    " vpcEndpointId vpcPeeringConnectionId"
)
_DESTINATION = "destinationCidrBlock || destinationIpv6CidrBlock || destinationPrefixListId"

ROUTE_TABLE = Resource(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    identity="RouteTable.RouteTableId",
    create=Call("create_route_table", takes="vpcId"),
    read=Lookup("describe_route_tables", members={"RouteTableIds": "[id]"}, at="RouteTables[0]", ignores=_GONE),
    outputs={"arn": arn("ec2", joined("'route-table/'", "id")), "routes": "`null`"},
    replaced_by="vpcId",
    tagging=tagging.ec2("route-table"),
    delete=Call("delete_route_table", members={"RouteTableId": "id"}, ignores=_GONE, retries="DependencyViolation"),
)

ROUTE = Resource(
    type="aws:ec2/route:Route",
    service="ec2",
    identity=joined("'r-'", "routeTableId", f"crc32({_DESTINATION})"),
    create=Call("create_route", takes=f"routeTableId {_DESTINATIONS} {_TARGETS}"),
    read=Lookup(
        "describe_route_tables",
        members={"RouteTableIds": "[routeTableId]"},
        at="having(RouteTables[0].Routes, 'DestinationCidrBlock', destinationCidrBlock)"
        " || having(RouteTables[0].Routes, 'DestinationIpv6CidrBlock', destinationIpv6CidrBlock)"
        " || having(RouteTables[0].Routes, 'DestinationPrefixListId', destinationPrefixListId)",
        ignores=_GONE,
    ),
    renamed={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
    outputs={"routeTableId": "routeTableId"},
    updates=(Update(_TARGETS, Call("replace_route", takes=f"routeTableId {_DESTINATIONS} {_TARGETS}"), whole=True),),
    computed="gatewayId natGatewayId networkInterfaceId",
    replaced_by=f"routeTableId {_DESTINATIONS}",
    delete_first=True,
    delete=Call("delete_route", takes=f"routeTableId {_DESTINATIONS}", ignores=f"{_GONE} InvalidRoute.NotFound"),
)

ROUTE_TABLE_ASSOCIATION = Resource(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    identity="AssociationId",
    create=Call("associate_route_table", takes="routeTableId subnetId"),
    read=Lookup(
        "describe_route_tables",
        members={"Filters": "[{Name: 'association.subnet-id', Values: [subnetId]}]"},
        at="having(RouteTables[0].Associations, 'SubnetId', subnetId)",
    ),
    updates=(
        Update(
            "routeTableId",
            Call(
                "replace_route_table_association",
                takes="routeTableId",
                members={"AssociationId": "RouteTableAssociationId"},
            ),
        ),
    ),
    replaced_by="subnetId",
    delete=Call(
        "disassociate_route_table",
        members={"AssociationId": "RouteTableAssociationId"},
        ignores="InvalidAssociationID.NotFound",
    ),
)

RESOURCES = (ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)
