"""EC2: endpoints of AWS services inside a VPC, of the types Gateway and Interface."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Update, Wait
from langsmith_sandbox.providers.aws.services import tagging

_SETTINGS = "ipAddressType policy privateDnsEnabled"
_SETS = "routeTableIds securityGroupIds subnetIds"

VPC_ENDPOINT = Resource(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    identity="VpcEndpoint.VpcEndpointId",
    create=Call("create_vpc_endpoint", takes=f"vpcId serviceName vpcEndpointType {_SETTINGS} {_SETS}"),
    renamed={"policy": "PolicyDocument"},
    read=Lookup(
        "describe_vpc_endpoints",
        members={"VpcEndpointIds": "[id]"},
        at="VpcEndpoints[?State != 'deleted'] | [0]",
        ignores="InvalidVpcEndpointId.NotFound",
    ),
    also={
        "prefixLists": Lookup(
            "describe_prefix_lists",
            members={"Filters": "[{Name: 'prefix-list-name', Values: [ServiceName]}]"},
            at="PrefixLists[0]",
        )
    },
    outputs={
        "arn": arn("ec2", joined("'vpc-endpoint/'", "id")),
        "cidrBlocks": "prefixLists.Cidrs",
        "prefixListId": "prefixLists.PrefixListId",
        "securityGroupIds": "Groups[].GroupId",
    },
    updates=(
        Update(
            f"{_SETTINGS} {_SETS}",
            Call(
                "modify_vpc_endpoint",
                takes=_SETTINGS,
                members={
                    "VpcEndpointId": "id",
                    "AddRouteTableIds": "minus(routeTableIds, RouteTableIds)",
                    "RemoveRouteTableIds": "minus(RouteTableIds, routeTableIds)",
                    "AddSubnetIds": "minus(subnetIds, SubnetIds)",
                    "RemoveSubnetIds": "minus(SubnetIds, subnetIds)",
                    "AddSecurityGroupIds": "minus(securityGroupIds, Groups[].GroupId)",
                    "RemoveSecurityGroupIds": "securityGroupIds && minus(Groups[].GroupId, securityGroupIds)",
                },
            ),
            empty={name: [] for name in _SETS.split()},
        ),
    ),
    documents="policy",
    defaults={"vpcEndpointType": "Gateway"},
    computed=f"{_SETTINGS} {_SETS}",
    replaced_by="vpcId serviceName vpcEndpointType",
    tagging=tagging.ec2("vpc-endpoint"),
    ready=Wait("State", ready="available pendingAcceptance", failed="failed rejected", reason="LastError.Message"),
    gone=Wait("State", ready="deleted", failed="failed", reason="LastError.Message"),
    delete=Call("delete_vpc_endpoints", members={"VpcEndpointIds": "[id]"}, ignores="InvalidVpcEndpointId.NotFound"),
)

RESOURCES = (VPC_ENDPOINT,)
