"""Whether something is still there, asked of the service it belongs to.

The tagging API goes on listing for a while what has been deleted, and lists what is being deleted like anything else.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.errors import AwsError
from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.parts import whole_of

_GONE = frozenset({"terminated", "deleted", "delete-complete"})
_GOING = frozenset({"shutting-down", "deleting", "delete-in-progress", "delete_in_progress"})
_WAITING = "pendingdeletion"


class Presence(enum.Enum):
    """How far something is from being gone; ``WAITING`` is a key or secret in its recovery window."""

    STAYS = enum.auto()
    WAITING = enum.auto()
    GONE = enum.auto()


@dataclasses.dataclass(frozen=True)
class _Question:
    """How a service is asked for one thing.

    Attributes:
        operation: botocore's name.
        parameter: Which parameter names it; ``many`` where that takes a list.
        state: JMESPath of its state in the answer, or of anything that is there as long as it is.
        by_arn: Whether its ARN is its name there.
    """

    service: str
    operation: str
    parameter: str
    state: str
    many: bool = False
    by_arn: bool = False


def _of_ec2(operation: str, parameter: str, state: str) -> _Question:
    return _Question("ec2", operation, parameter, state, many=True)


_QUESTIONS: Mapping[str, _Question] = {
    "ec2:elastic-ip": _of_ec2("describe_addresses", "AllocationIds", "Addresses[].AllocationId"),
    "ec2:instance": _of_ec2("describe_instances", "InstanceIds", "Reservations[].Instances[].State.Name"),
    "ec2:internet-gateway": _of_ec2(
        "describe_internet_gateways", "InternetGatewayIds", "InternetGateways[].InternetGatewayId"
    ),
    "ec2:launch-template": _of_ec2(
        "describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates[].LaunchTemplateId"
    ),
    "ec2:natgateway": _of_ec2("describe_nat_gateways", "NatGatewayIds", "NatGateways[].State"),
    "ec2:network-interface": _of_ec2(
        "describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces[].Status"
    ),
    "ec2:prefix-list": _of_ec2("describe_managed_prefix_lists", "PrefixListIds", "PrefixLists[].State"),
    "ec2:route-table": _of_ec2("describe_route_tables", "RouteTableIds", "RouteTables[].RouteTableId"),
    "ec2:security-group": _of_ec2("describe_security_groups", "GroupIds", "SecurityGroups[].GroupId"),
    "ec2:security-group-rule": _of_ec2(
        "describe_security_group_rules", "SecurityGroupRuleIds", "SecurityGroupRules[].SecurityGroupRuleId"
    ),
    "ec2:snapshot": _of_ec2("describe_snapshots", "SnapshotIds", "Snapshots[].State"),
    "ec2:subnet": _of_ec2("describe_subnets", "SubnetIds", "Subnets[].State"),
    "ec2:volume": _of_ec2("describe_volumes", "VolumeIds", "Volumes[].State"),
    "ec2:vpc": _of_ec2("describe_vpcs", "VpcIds", "Vpcs[].State"),
    "ec2:vpc-endpoint": _of_ec2("describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints[].State"),
    "ec2:vpc-flow-log": _of_ec2("describe_flow_logs", "FlowLogIds", "FlowLogs[].FlowLogStatus"),
    "eks:cluster": _Question("eks", "describe_cluster", "name", "cluster.status"),
    "rds:db": _Question("rds", "describe_db_instances", "DBInstanceIdentifier", "DBInstances[].DBInstanceStatus"),
    "rds:pg": _Question(
        "rds", "describe_db_parameter_groups", "DBParameterGroupName", "DBParameterGroups[].DBParameterGroupName"
    ),
    "rds:snapshot": _Question("rds", "describe_db_snapshots", "DBSnapshotIdentifier", "DBSnapshots[].Status"),
    "rds:subgrp": _Question(
        "rds", "describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups[].DBSubnetGroupName"
    ),
    "elasticache:parametergroup": _Question(
        "elasticache",
        "describe_cache_parameter_groups",
        "CacheParameterGroupName",
        "CacheParameterGroups[].CacheParameterGroupName",
    ),
    "elasticache:replicationgroup": _Question(
        "elasticache", "describe_replication_groups", "ReplicationGroupId", "ReplicationGroups[].Status"
    ),
    "elasticache:snapshot": _Question(
        "elasticache", "describe_snapshots", "SnapshotName", "Snapshots[].SnapshotStatus"
    ),
    "elasticache:subnetgroup": _Question(
        "elasticache",
        "describe_cache_subnet_groups",
        "CacheSubnetGroupName",
        "CacheSubnetGroups[].CacheSubnetGroupName",
    ),
    "elasticloadbalancing:loadbalancer": _Question(
        "elbv2", "describe_load_balancers", "LoadBalancerArns", "LoadBalancers[].State.Code", many=True, by_arn=True
    ),
    "elasticloadbalancing:targetgroup": _Question(
        "elbv2", "describe_target_groups", "TargetGroupArns", "TargetGroups[].TargetGroupArn", many=True, by_arn=True
    ),
    "acm:certificate": _Question(
        "acm", "describe_certificate", "CertificateArn", "Certificate.CertificateArn", by_arn=True
    ),
    "ecr:repository": _Question(
        "ecr", "describe_repositories", "repositoryNames", "repositories[].repositoryName", many=True
    ),
    "kms:key": _Question("kms", "describe_key", "KeyId", "KeyMetadata.KeyState"),
    "logs:log-group": _Question("logs", "describe_log_groups", "logGroupNamePrefix", "logGroups[].logGroupName"),
    "s3:bucket": _Question("s3", "head_bucket", "Bucket", "'there'"),
    "secretsmanager:secret": _Question(
        "secretsmanager", "describe_secret", "SecretId", "DeletedDate && 'PendingDeletion' || 'there'", by_arn=True
    ),
}


def presence(aws: Aws, found: Found) -> Presence:
    """Whether it is still there, or what it is a part of; where no service can be asked, it is.

    Raises:
        AccessError: There are no credentials any more.
    """
    asked = whole_of(found) or found
    question = _QUESTIONS.get(asked.type)
    if question is None:
        return Presence.STAYS
    name = asked.arn if question.by_arn else asked.id
    try:
        answer = aws.ask(
            question.service, question.operation, **{question.parameter: [name] if question.many else name}
        )
    except AwsError as error:
        return Presence.GONE if _says_gone(error.code) else Presence.STAYS
    return _judged(_states(question.state, answer))


def _says_gone(code: str) -> bool:
    """Every service has its own words for it: InvalidVpcID.NotFound, DBInstanceNotFound, NoSuchBucket, 404."""
    return "NotFound" in code or code.startswith("NoSuch") or code == "404"


def _states(expression: str, answer: Mapping[str, Any]) -> list[str]:
    import jmespath  # botocore's own

    states = jmespath.search(expression, answer)
    return [str(each).lower() for each in (states if isinstance(states, list) else [states]) if each]


def _judged(states: list[str]) -> Presence:
    if _WAITING in states:
        return Presence.WAITING
    return Presence.GONE if all(state in _GONE | _GOING for state in states) else Presence.STAYS
