"""EC2: security groups and their rules, each rule a resource of its own."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Step, Update
from langsmith_sandbox.providers.aws.services import tagging

_GONE = "InvalidGroup.NotFound InvalidGroupId.Malformed"
_RULE_GONE = "InvalidSecurityGroupRuleId.NotFound InvalidGroup.NotFound"

_READ = Lookup(
    "describe_security_groups", members={"GroupIds": "[id]"}, at="SecurityGroups[0]", ignores="InvalidGroup.NotFound"
)
_REVOKE_INGRESS = Call("revoke_security_group_ingress", members={"GroupId": "id", "IpPermissions": "IpPermissions"})
_REVOKE_EGRESS = Call("revoke_security_group_egress", members={"GroupId": "id", "IpPermissions": "IpPermissionsEgress"})

SECURITY_GROUP = Resource(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    identity="GroupId",
    naming=Naming(),
    create=Call("create_security_group", takes="name description vpcId"),
    renamed={"name": "GroupName"},
    read=_READ,
    outputs={
        "arn": arn("ec2", joined("'security-group/'", "id"), account="OwnerId"),
        "egress": "`null`",
        "ingress": "`null`",
    },
    local="revokeRulesOnDelete",
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    computed="vpcId",
    replaced_by="name namePrefix description vpcId",
    tagging=tagging.ec2("security-group"),
    after_create=(Step(_REVOKE_EGRESS, when="IpPermissionsEgress"),),
    before_delete=(
        Step(_REVOKE_INGRESS, when="revokeRulesOnDelete && IpPermissions"),
        Step(_REVOKE_EGRESS, when="revokeRulesOnDelete && IpPermissionsEgress"),
    ),
    delete=Call(
        "delete_security_group",
        members={"GroupId": "id"},
        ignores=_GONE,
        retries="DependencyViolation",
    ),
)

DEFAULT_SECURITY_GROUP = Resource(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    identity="SecurityGroups[0].GroupId",
    create=Call(
        "describe_security_groups",
        members={"Filters": "[{Name: 'group-name', Values: ['default']}, {Name: 'vpc-id', Values: [vpcId]}]"},
    ),
    renamed={"name": "GroupName"},
    read=_READ,
    outputs={
        "arn": arn("ec2", joined("'security-group/'", "id"), account="OwnerId"),
        "egress": "`null`",
        "ingress": "`null`",
    },
    local="revokeRulesOnDelete",
    used="vpcId",
    replaced_by="vpcId",
    tagging=tagging.ec2(""),
    after_create=(
        Step(_REVOKE_INGRESS, when="IpPermissions"),
        Step(_REVOKE_EGRESS, when="IpPermissionsEgress"),
    ),
    delete=None,
)


_PERMISSION = """[{
    IpProtocol: ipProtocol, FromPort: fromPort, ToPort: toPort,
    IpRanges: cidrIpv4 && [{CidrIp: cidrIpv4, Description: description}],
    Ipv6Ranges: cidrIpv6 && [{CidrIpv6: cidrIpv6, Description: description}],
    PrefixListIds: prefixListId && [{PrefixListId: prefixListId, Description: description}],
    UserIdGroupPairs: referencedSecurityGroupId && [{GroupId: referencedSecurityGroupId, Description: description}]
}]"""
_RULE = """[{SecurityGroupRuleId: id, SecurityGroupRule: {
    IpProtocol: ipProtocol, FromPort: fromPort, ToPort: toPort, CidrIpv4: cidrIpv4, CidrIpv6: cidrIpv6,
    PrefixListId: prefixListId, ReferencedGroupId: referencedSecurityGroupId, Description: description
}}]"""
_PROPERTIES = "cidrIpv4 cidrIpv6 description fromPort ipProtocol prefixListId referencedSecurityGroupId toPort"


def _rule(direction: str) -> Resource:
    """The entry of an ``Ingress`` or ``Egress`` rule."""
    return Resource(
        type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        identity="SecurityGroupRules[0].SecurityGroupRuleId",
        create=Call(
            f"authorize_security_group_{direction.lower()}",
            members={"GroupId": "securityGroupId", "IpPermissions": _PERMISSION},
        ),
        read=Lookup(
            "describe_security_group_rules",
            members={"SecurityGroupRuleIds": "[id]"},
            at="SecurityGroupRules[0]",
            ignores=_RULE_GONE,
        ),
        outputs={
            "arn": arn("ec2", joined("'security-group-rule/'", "id")),
            "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId",
            "securityGroupId": "GroupId",
            "securityGroupRuleId": "id",
        },
        updates=(
            Update(
                _PROPERTIES,
                Call(
                    "modify_security_group_rules",
                    members={"GroupId": "securityGroupId", "SecurityGroupRules": _RULE},
                ),
                whole=True,
            ),
        ),
        used=_PROPERTIES + " securityGroupId",
        replaced_by="securityGroupId",
        tagging=tagging.ec2("security-group-rule"),
        delete=Call(
            f"revoke_security_group_{direction.lower()}",
            members={"GroupId": "GroupId", "SecurityGroupRuleIds": "[id]"},
            ignores=_RULE_GONE,
        ),
    )


RESOURCES = (_rule("Ingress"), _rule("Egress"))
