"""EC2: the network a stack lives in. Routing is in ``routing``, security groups in ``security_groups``."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Step, Update, Wait
from langsmith_sandbox.providers.aws.services import launch_templates, routing, security_groups, tagging, vpc_endpoints

VPC = Resource(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    identity="Vpc.VpcId",
    create=Call("create_vpc", takes="cidrBlock instanceTenancy"),
    read=Lookup("describe_vpcs", members={"VpcIds": "[id]"}, at="Vpcs[0]", ignores="InvalidVpcID.NotFound"),
    also={
        "enableDnsSupport": Lookup(
            "describe_vpc_attribute",
            members={"VpcId": "id", "Attribute": "'enableDnsSupport'"},
            at="EnableDnsSupport.Value",
        ),
        "enableDnsHostnames": Lookup(
            "describe_vpc_attribute",
            members={"VpcId": "id", "Attribute": "'enableDnsHostnames'"},
            at="EnableDnsHostnames.Value",
        ),
        "mainRouteTableId": Lookup(
            "describe_route_tables",
            members={"Filters": "[{Name: 'vpc-id', Values: [id]}, {Name: 'association.main', Values: ['true']}]"},
            at="RouteTables[0].RouteTableId",
        ),
        "defaultSecurityGroupId": Lookup(
            "describe_security_groups",
            members={"Filters": "[{Name: 'vpc-id', Values: [id]}, {Name: 'group-name', Values: ['default']}]"},
            at="SecurityGroups[0].GroupId",
        ),
        "defaultNetworkAclId": Lookup(
            "describe_network_acls",
            members={"Filters": "[{Name: 'vpc-id', Values: [id]}, {Name: 'default', Values: ['true']}]"},
            at="NetworkAcls[0].NetworkAclId",
        ),
    },
    outputs={"arn": arn("ec2", joined("'vpc/'", "id")), "defaultRouteTableId": "mainRouteTableId"},
    updates=(
        Update(
            "enableDnsSupport",
            Call("modify_vpc_attribute", members={"VpcId": "id", "EnableDnsSupport": "{Value: enableDnsSupport}"}),
            after_create=True,
        ),
        Update(
            "enableDnsHostnames",
            Call("modify_vpc_attribute", members={"VpcId": "id", "EnableDnsHostnames": "{Value: enableDnsHostnames}"}),
            after_create=True,
            empty={"enableDnsHostnames": False},
        ),
    ),
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    computed="cidrBlock enableDnsHostnames",
    replaced_by="cidrBlock instanceTenancy",
    tagging=tagging.ec2("vpc"),
    delete=Call("delete_vpc", members={"VpcId": "id"}, ignores="InvalidVpcID.NotFound", retries="DependencyViolation"),
)

SUBNET = Resource(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    identity="Subnet.SubnetId",
    create=Call("create_subnet", takes="vpcId cidrBlock availabilityZone availabilityZoneId"),
    read=Lookup("describe_subnets", members={"SubnetIds": "[id]"}, at="Subnets[0]", ignores="InvalidSubnetID.NotFound"),
    outputs={"arn": "SubnetArn"},
    updates=(
        Update(
            "mapPublicIpOnLaunch",
            Call(
                "modify_subnet_attribute",
                members={"SubnetId": "id", "MapPublicIpOnLaunch": "{Value: mapPublicIpOnLaunch}"},
            ),
            after_create=True,
            empty={"mapPublicIpOnLaunch": False},
        ),
    ),
    defaults={"mapPublicIpOnLaunch": False},
    computed="availabilityZone availabilityZoneId",
    replaced_by="vpcId cidrBlock availabilityZone availabilityZoneId",
    tagging=tagging.ec2("subnet"),
    ready=Wait("State", ready="available"),
    delete=Call(
        "delete_subnet",
        members={"SubnetId": "id"},
        ignores="InvalidSubnetID.NotFound",
        retries="DependencyViolation",
    ),
)

_DETACH = Call(
    "detach_internet_gateway",
    members={"InternetGatewayId": "id", "VpcId": "Attachments[0].VpcId"},
    ignores="Gateway.NotAttached InvalidInternetGatewayID.NotFound",
    retries="DependencyViolation",
)

INTERNET_GATEWAY = Resource(
    type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    identity="InternetGateway.InternetGatewayId",
    create=Call("create_internet_gateway"),
    read=Lookup(
        "describe_internet_gateways",
        members={"InternetGatewayIds": "[id]"},
        at="InternetGateways[0]",
        ignores="InvalidInternetGatewayID.NotFound",
    ),
    outputs={"arn": arn("ec2", joined("'internet-gateway/'", "id")), "vpcId": "Attachments[0].VpcId"},
    updates=(
        Update("vpcId", _DETACH, only_if="Attachments[0]", whole=True),
        Update(
            "vpcId",
            Call("attach_internet_gateway", takes="vpcId", members={"InternetGatewayId": "id"}),
            after_create=True,
            only_if="vpcId",
            whole=True,
        ),
    ),
    tagging=tagging.ec2("internet-gateway"),
    before_delete=(Step(_DETACH, when="Attachments[0]"),),
    delete=Call(
        "delete_internet_gateway",
        members={"InternetGatewayId": "id"},
        ignores="InvalidInternetGatewayID.NotFound",
        retries="DependencyViolation",
    ),
)

EIP = Resource(
    type="aws:ec2/eip:Eip",
    service="ec2",
    identity="AllocationId",
    create=Call("allocate_address", takes="domain"),
    read=Lookup(
        "describe_addresses",
        members={"AllocationIds": "[id]"},
        at="Addresses[0]",
        ignores="InvalidAllocationID.NotFound InvalidAddress.NotFound",
    ),
    outputs={
        "arn": arn("ec2", joined("'elastic-ip/'", "id")),
        "instance": "InstanceId",
        "networkInterface": "NetworkInterfaceId",
        "privateIp": "PrivateIpAddress",
        "publicDns": joined(
            "'ec2-'",
            "join('-', split(PublicIp, '.'))",
            "region == 'us-east-1' && '.compute-1' || join('', ['.', region, '.compute'])",
            "'.amazonaws.com'",
        ),
    },
    defaults={"domain": "vpc"},
    replaced_by="domain",
    tagging=tagging.ec2("elastic-ip"),
    delete=Call(
        "release_address",
        members={"AllocationId": "id"},
        ignores="InvalidAllocationID.NotFound",
        retries="InvalidIPAddress.InUse AuthFailure",
    ),
)

NAT_GATEWAY = Resource(
    type="aws:ec2/natGateway:NatGateway",
    service="ec2",
    identity="NatGateway.NatGatewayId",
    create=Call("create_nat_gateway", takes="allocationId connectivityType subnetId"),
    read=Lookup(
        "describe_nat_gateways",
        members={"NatGatewayIds": "[id]"},
        at="NatGateways[?State != 'deleted'] | [0]",
        ignores="NatGatewayNotFound",
    ),
    outputs={
        "allocationId": "NatGatewayAddresses[0].AllocationId",
        "associationId": "NatGatewayAddresses[0].AssociationId",
        "connectivityType": "ConnectivityType || connectivityType",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        "privateIp": "NatGatewayAddresses[0].PrivateIp",
        "publicIp": "NatGatewayAddresses[0].PublicIp",
    },
    defaults={"connectivityType": "public"},
    replaced_by="allocationId connectivityType subnetId",
    tagging=tagging.ec2("natgateway"),
    ready=Wait("State", ready="available", failed="failed deleting", reason="FailureMessage"),
    gone=Wait("State", ready="deleted", failed="failed", reason="FailureMessage", seconds=1800),
    delete=Call("delete_nat_gateway", members={"NatGatewayId": "id"}, ignores="NatGatewayNotFound"),
)

FLOW_LOG = Resource(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    identity="FlowLogIds[0]",
    create=Call(
        "create_flow_logs",
        takes="trafficType logDestinationType logDestination logFormat iamRoleArn maxAggregationInterval"
        " destinationOptions",
        members={
            "ResourceIds": "[vpcId || subnetId || eniId]",
            "ResourceType": "vpcId && 'VPC' || subnetId && 'Subnet' || 'NetworkInterface'",
        },
    ),
    renamed={"iamRoleArn": "DeliverLogsPermissionArn"},
    read=Lookup("describe_flow_logs", members={"FlowLogIds": "[id]"}, at="FlowLogs[0]"),
    outputs={
        "arn": arn("ec2", joined("'vpc-flow-log/'", "id")),
        "eniId": "starts_with(ResourceId, 'eni-') && ResourceId || `null`",
        "subnetId": "starts_with(ResourceId, 'subnet-') && ResourceId || `null`",
        "vpcId": "starts_with(ResourceId, 'vpc-') && ResourceId || `null`",
    },
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    used="eniId subnetId vpcId",
    computed="logFormat logDestination",
    replaced_by="*",
    tagging=tagging.ec2("vpc-flow-log"),
    delete=Call("delete_flow_logs", members={"FlowLogIds": "[id]"}, ignores="InvalidFlowLogId.NotFound"),
)

RESOURCES = (
    VPC,
    SUBNET,
    INTERNET_GATEWAY,
    EIP,
    NAT_GATEWAY,
    FLOW_LOG,
    *launch_templates.RESOURCES,
    *routing.RESOURCES,
    *vpc_endpoints.RESOURCES,
    security_groups.DEFAULT_SECURITY_GROUP,
    security_groups.SECURITY_GROUP,
)
