"""VPC endpoints."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_private_ip

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.errors import AwsError


class EndpointOperations(EC2Response):
    """Gateway and interface endpoints, whose interfaces hold subnets and security groups."""

    def create_vpc_endpoint(self) -> ActionResult:
        kind = self._get_param("VpcEndpointType") or "Gateway"
        vpc = self.ec2_backend.get_vpc(self._get_param("VpcId"))
        groups = self._get_param("SecurityGroupIds") or []
        for group in groups:
            if self.ec2_backend.get_security_group_from_id(group) is None:
                raise AwsError("InvalidSecurityGroupID.NotFound", f"The security group '{group}' does not exist")
        for subnet in self._get_param("SubnetIds") or []:
            self.ec2_backend.get_subnet(subnet)
        private_dns = kind == "Interface" and self._get_bool_param("PrivateDnsEnabled", True)
        if private_dns and not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
            raise AwsError(
                "InvalidParameter",
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
                f"for {vpc.id}",
            )
        answer = super().create_vpc_endpoint()
        result: Any = answer.result
        endpoint = result["VpcEndpoint"]
        endpoint.vpc_endpoint_type, endpoint.private_dns_enabled = kind, private_dns
        if kind == "Interface":
            if not groups:
                default = self.ec2_backend.get_default_security_group(vpc.id)
                endpoint.security_group_ids = [default.id]
            self._dress_interfaces(endpoint)
        endpoint.state = "pending"

        def settle() -> None:
            if endpoint.state == "pending":
                endpoint.state = "available"

        current().clock.after(current().delays.endpoint, settle)
        return answer

    def modify_vpc_endpoint(self) -> ActionResult:
        endpoint = self._endpoint(self._get_param("VpcEndpointId"))
        routed: set[str] = set(endpoint.route_table_ids or ())
        answer = super().modify_vpc_endpoint()
        self._reroute(endpoint, routed)
        if endpoint.vpc_endpoint_type == "Interface":
            for interface in endpoint.network_interface_ids:
                self.ec2_backend.enis.pop(interface, None)
            made = [self.ec2_backend.create_network_interface(subnet, []) for subnet in endpoint.subnet_ids]
            endpoint.network_interface_ids = [interface.id for interface in made]
            self._dress_interfaces(endpoint)
        return answer

    def delete_vpc_endpoints(self) -> ActionResult:
        unsuccessful = []
        backend = self.ec2_backend
        for wanted in self._get_param("VpcEndpointIds") or []:
            if wanted not in backend.vpc_end_points:
                message = f"The Vpc Endpoint Id '{wanted}' does not exist"
                unsuccessful.append(
                    {"ResourceId": wanted, "Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": message}}
                )
            elif backend.vpc_end_points[wanted].state != "deleting":
                backend.vpc_end_points[wanted].state = "deleting"
                current().clock.after(current().delays.endpoint, _removal(backend, wanted))
        return ActionResult({"Unsuccessful": unsuccessful})

    def _endpoint(self, wanted: str) -> Any:
        found = self.ec2_backend.vpc_end_points.get(wanted)
        if found is None:
            raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{wanted}' does not exist")
        return found

    def _reroute(self, endpoint: Any, before: set[str]) -> None:
        """Adds and takes away routes, after a change of the route tables that were ``before``."""
        wanted, prefixes = set(endpoint.route_table_ids or ()), endpoint.destination_prefix_list_id
        for table in wanted - before:
            self.ec2_backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefixes)
        for table in before - wanted:
            self.ec2_backend.delete_route(table, prefixes)

    def _dress_interfaces(self, endpoint: Any) -> None:
        """Gives the endpoint's interfaces their groups and an address of their own subnet."""
        for identity in endpoint.network_interface_ids:
            interface = self.ec2_backend.enis[identity]
            self.ec2_backend.modify_network_interface_attribute(identity, endpoint.security_group_ids)
            interface.private_ip_address = random_private_ip(interface.subnet.cidr_block)
            interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": interface.private_ip_address}]
            interface.description = f"VPC Endpoint Interface {endpoint.id}"
            interface.interface_type = "vpc_endpoint"
            interface.requester_managed, interface.status = True, "in-use"


def _removal(backend: Any, identity: str) -> Any:
    def remove() -> None:
        backend.delete_vpc_endpoints([identity])
        backend.vpc_end_points.pop(identity, None)

    return remove
