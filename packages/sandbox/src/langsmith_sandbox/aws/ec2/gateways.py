"""NAT gateways, the addresses they hold, and internet gateways."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_private_ip
from moto.moto_api._internal import mock_random

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.errors import AwsError, dependency_violation

# How long AWS goes on describing a deleted NAT gateway, about.
_REMEMBERED_SECONDS = 3600.0


class GatewayOperations(EC2Response):
    """NAT and internet gateways, Elastic IP addresses."""

    def create_nat_gateway(self) -> ActionResult:
        public = self._get_param("ConnectivityType") != "private"
        if public and not self._get_param("AllocationId"):
            raise AwsError("MissingParameter", "The request must include the AllocationId parameter.")
        if public:
            address = self.ec2_backend.address_by_allocation([self._get_param("AllocationId")])[0]
            if address.association_id:
                raise AwsError("Resource.AlreadyAssociated", f"resource {address.allocation_id} is already associated.")
        answer = super().create_nat_gateway()
        gateway = self.ec2_backend.nat_gateways[_made(answer).id]
        gateway.connectivity_type = "public" if public else "private"
        interface = gateway._eni  # noqa: SLF001 - moto keeps its interface nowhere else
        interface.private_ip_address = random_private_ip(interface.subnet.cidr_block)
        interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": interface.private_ip_address}]
        interface.description = f"Interface for NAT Gateway {gateway.id}"
        interface.requester_managed, interface.status = True, "in-use"
        interface.interface_type = "nat_gateway"
        gateway.address_set[0].update(
            {"privateIp": interface.private_ip_address, "isPrimary": True, "status": "succeeded"}
        )
        gateway.state = "pending"

        def settle() -> None:
            if gateway.state == "pending":
                gateway.state = "available"

        current().clock.after(current().delays.nat_gateway, settle)
        return answer

    def describe_nat_gateways(self) -> ActionResult:
        for wanted in self._get_param("NatGatewayIds") or []:
            self._nat_gateway(wanted)
        filters = self._filters_from_querystring()
        tags = {name.removeprefix("tag:"): values for name, values in filters.items() if name.startswith("tag:")}
        answer = super().describe_nat_gateways()
        shown: Any = answer.result
        shown["NatGateways"] = [gateway for gateway in shown["NatGateways"] if self._tagged(gateway, tags)]
        return answer

    def delete_nat_gateway(self) -> ActionResult:
        gateway = self._nat_gateway(self._get_param("NatGatewayId"))
        backend, clock = self.ec2_backend, current().clock
        if gateway.state in {"deleting", "deleted"}:
            return ActionResult({"NatGatewayId": gateway.id})
        gateway.state = "deleting"

        def remove() -> None:
            gateway.state = "deleted"
            interface = gateway._eni  # noqa: SLF001 - see above
            backend.enis.pop(interface.id, None)
            for address in backend.addresses:
                if address.eni is interface:
                    address.eni, address.association_id = None, None
            clock.after(_REMEMBERED_SECONDS, lambda: backend.nat_gateways.pop(gateway.id, None))

        clock.after(current().delays.nat_gateway, remove)
        return ActionResult({"NatGatewayId": gateway.id})

    def allocate_address(self) -> ActionResult:
        """Moto hands out loopback addresses; a firewall rule made from one would be refused."""
        answer = super().allocate_address()
        result: Any = answer.result
        address = self.ec2_backend.address_by_allocation([result["AllocationId"]])[0]
        address.public_ip = result["PublicIp"] = ".".join(("52", *(str(mock_random.randint(1, 254)) for _ in range(3))))
        return answer

    def release_address(self) -> ActionResult:
        for address in self.ec2_backend.addresses:
            named = (address.allocation_id, address.public_ip)
            if (self._get_param("AllocationId") or self._get_param("PublicIp")) in named and address.association_id:
                raise AwsError("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
        return super().release_address()

    def disassociate_address(self) -> ActionResult:
        for address in self.ec2_backend.addresses:
            asked_for = self._get_param("AssociationId") in {address.association_id} - {None}
            if asked_for and address.eni is not None and address.eni.requester_managed:
                raise AwsError("AuthFailure", "You do not have permission to access the specified resource.")
        return super().disassociate_address()

    def detach_internet_gateway(self) -> ActionResult:
        vpc = self._get_param("VpcId")
        mapped = [address for address in self.ec2_backend.addresses if address.eni and address.eni.subnet.vpc_id == vpc]
        if mapped:
            raise dependency_violation(
                f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway."
            )
        return super().detach_internet_gateway()

    def _nat_gateway(self, wanted: str) -> NatGateway:
        found = self.ec2_backend.nat_gateways.get(wanted)
        if found is None:
            raise AwsError("NatGatewayNotFound", f"The Nat Gateway {wanted} was not found")
        return found

    def _tagged(self, gateway: NatGateway, wanted: dict[str, Any]) -> bool:
        tags = self.ec2_backend.tags.get(gateway.id, {})
        return all(tags.get(name) in values for name, values in wanted.items())


def _made(answer: ActionResult) -> Any:
    """The NAT gateway in an answer of moto's."""
    result: Any = answer.result
    return result["NatGateway"]
