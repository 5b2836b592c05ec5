"""A VPC as somebody else would have made it, and a way to see that nobody changed it."""

from __future__ import annotations

import dataclasses
from typing import Any

_EVERYWHERE = "0.0.0.0/0"


@dataclasses.dataclass(frozen=True)
class ForeignNetwork:
    """Three zones, each with a public and a private subnet, and one NAT gateway for all of them.

    Attributes:
        ec2: The client of its account and region.
    """

    ec2: Any
    vpc_id: str
    private_subnet_ids: tuple[str, ...]
    public_subnet_ids: tuple[str, ...]
    nat_address: str

    @classmethod
    def make(cls, ec2: Any) -> ForeignNetwork:
        """Make it."""
        vpc = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]][:3]
        public = [_subnet(ec2, vpc, f"10.50.{place}.0/24", zone, "elb") for place, zone in enumerate(zones)]
        private = [
            _subnet(ec2, vpc, f"10.50.{32 * place}.0/19", zone, "internal-elb") for place, zone in enumerate(zones, 1)
        ]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        _route(ec2, vpc, public, GatewayId=gateway)
        address = ec2.allocate_address(Domain="vpc")
        nat = ec2.create_nat_gateway(SubnetId=public[0], AllocationId=address["AllocationId"])["NatGateway"]
        ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat["NatGatewayId"]], WaiterConfig={"Delay": 1})
        _route(ec2, vpc, private, NatGatewayId=nat["NatGatewayId"])
        return cls(ec2, vpc, tuple(private), tuple(public), address["PublicIp"])

    def picture(self) -> dict[str, Any]:
        """Everything about it that somebody could have changed."""
        own = [{"Name": "vpc-id", "Values": [self.vpc_id]}]
        attached = [{"Name": "attachment.vpc-id", "Values": [self.vpc_id]}]
        pictures = {
            "vpc": self.ec2.describe_vpcs(VpcIds=[self.vpc_id])["Vpcs"],
            "subnets": self.ec2.describe_subnets(Filters=own)["Subnets"],
            "route tables": self.ec2.describe_route_tables(Filters=own)["RouteTables"],
            "gateways": self.ec2.describe_internet_gateways(Filters=attached)["InternetGateways"],
            "NAT gateways": self.ec2.describe_nat_gateways(Filter=own)["NatGateways"],
            "security groups": self.ec2.describe_security_groups(Filters=own)["SecurityGroups"],
            "access lists": self.ec2.describe_network_acls(Filters=own)["NetworkAcls"],
            "endpoints": self.ec2.describe_vpc_endpoints(Filters=own)["VpcEndpoints"],
            "flow logs": self.ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [self.vpc_id]}])[
                "FlowLogs"
            ],
            "interfaces": self.ec2.describe_network_interfaces(Filters=own)["NetworkInterfaces"],
        }
        return {kind: sorted(map(repr, found)) for kind, found in pictures.items()}


def _subnet(ec2: Any, vpc: str, cidr: str, zone: str, role: str) -> str:
    tags = [{"Key": f"kubernetes.io/role/{role}", "Value": "1"}]
    made = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=cidr,
        AvailabilityZone=zone,
        TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
    )
    return made["Subnet"]["SubnetId"]


def _route(ec2: Any, vpc: str, subnets: list[str], **target: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=_EVERYWHERE, **target)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
