"""Referential integrity: nothing goes while something else still needs it, with the codes AWS refuses with."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from langsmith_sandbox.aws.errors import AwsError, dependency_violation


class IntegrityOperations(EC2Response):
    """Deletions and associations that moto lets through unchecked."""

    def delete_subnet(self) -> ActionResult:
        subnet = self._get_param("SubnetId")
        if any(interface.subnet.id == subnet for interface in self.ec2_backend.enis.values()):
            raise dependency_violation(f"The subnet '{subnet}' has dependencies and cannot be deleted.")
        answer = super().delete_subnet()
        for table in self.ec2_backend.route_tables.values():
            associations = table._associations  # noqa: SLF001 - moto leaves them dangling and has no other handle
            for association in [key for key, holder in associations.items() if holder == subnet]:
                del associations[association]
        return answer

    def delete_security_group(self) -> ActionResult:
        name = self._get_param("GroupId") or self._get_param("GroupName")
        group = self.ec2_backend.get_security_group_by_name_or_id(name)
        if group is not None:
            if group.name == "default":
                raise AwsError("CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted')
            if self._group_in_use(group.id):
                raise dependency_violation(f"resource {group.id} has a dependent object")
        return super().delete_security_group()

    def associate_route_table(self) -> ActionResult:
        subnet, wanted = self._get_param("SubnetId"), self._get_param("RouteTableId")
        for table in self.ec2_backend.route_tables.values():
            if subnet is not None and subnet in table._associations.values():  # noqa: SLF001 - as above
                raise AwsError(
                    "Resource.AlreadyAssociated",
                    f"the specified association for route table {wanted} conflicts with an existing association",
                )
        return super().associate_route_table()

    def delete_network_interface(self) -> ActionResult:
        wanted = self._get_param("NetworkInterfaceId")
        interface = self.ec2_backend.enis.get(wanted)
        if interface is not None and (interface.requester_managed or interface.status == "in-use"):
            raise AwsError("InvalidParameterValue", f"Network interface '{wanted}' is currently in use.")
        return super().delete_network_interface()

    def delete_vpc(self) -> ActionResult:
        vpc = self._get_param("VpcId")
        backend = self.ec2_backend
        attached = any(
            gateway.vpc is not None and gateway.vpc.id == vpc for gateway in backend.internet_gateways.values()
        )
        groups = any(group.name != "default" for group in backend.groups.get(vpc, {}).values())
        endpoints = any(endpoint.vpc_id == vpc for endpoint in backend.vpc_end_points.values())
        if attached or groups or endpoints:
            raise dependency_violation(f"The vpc '{vpc}' has dependencies and cannot be deleted.")
        return super().delete_vpc()

    def delete_launch_template(self) -> ActionResult:
        name = self._get_param("LaunchTemplateName") or self._get_param("LaunchTemplateId")
        known = {key for item in self.ec2_backend.launch_templates.values() for key in (item.id, item.name)}
        if name not in known:
            raise AwsError(
                "InvalidLaunchTemplateId.NotFound",
                f"The specified launch template, with template ID {name}, does not exist.",
            )
        return super().delete_launch_template()

    def _group_in_use(self, group: str) -> bool:
        if any(member.id == group for interface in self.ec2_backend.enis.values() for member in interface.group_set):
            return True
        others = (other for vpc in self.ec2_backend.groups.values() for other in vpc.values() if other.id != group)
        return any(
            rule.source_group.get("GroupId") == group
            for other in others
            for rule in [*other.ingress_rules, *other.egress_rules]
        )
