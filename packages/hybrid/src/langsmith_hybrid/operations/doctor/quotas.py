"""What AWS counts: what is used, what the stack would still add, and how much there may be."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable, Iterator, Mapping

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor.checks import Check
from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok
from langsmith_hybrid.operations.doctor.subject import CLUSTER, Subject
from langsmith_hybrid.operations.doctor.zones import zones_of
from langsmith_hybrid.operations.errors import AwsError

_VPC = "aws:ec2/vpc:Vpc"
_ADDRESS = "aws:ec2/eip:Eip"
_NAT = "aws:ec2/natGateway:NatGateway"
_DATABASE = "aws:rds/instance:Instance"
_UNCHANGED = "NoSuchResourceException"


@dataclasses.dataclass(frozen=True)
class Quota:
    """One of AWS's limits.

    Attributes:
        check: The name of the check.
        service: Service Quotas' code of the service, ``code`` that of the quota.
        things: What is counted, as in "VPCs".
        fields: What of the configuration decides how many the stack would have.
        planned: How many the stack would still add, by place: the region, or a zone.
        used: How many there are, by place.
    """

    check: str
    service: str
    code: str
    things: str
    fields: tuple[str, ...]
    planned: Callable[[Subject], Mapping[str, int]]
    used: Callable[[Aws], Mapping[str, int]]


def checks(subject: Subject) -> list[Check]:
    """A check for every limit whose planned use is known."""
    return [
        Check(quota.check, lambda quota=quota: _findings(quota, subject))
        for quota in _QUOTAS
        if subject.has("region", *quota.fields)
    ]


def _findings(quota: Quota, subject: Subject) -> Iterator[Finding]:
    planned = {place: count for place, count in quota.planned(subject).items() if count > 0}
    if not planned:
        yield ok(quota.check, f"The stack adds no {quota.things}.")
        return
    limit = _limit(quota, subject.aws)
    used = quota.used(subject.aws)
    over = [place for place, count in planned.items() if used.get(place, 0) + count > limit]
    for place in over or planned:
        what = (
            f"{used.get(place, 0)} of {limit} {quota.things} in {place} are used, and the stack adds {planned[place]}."
        )
        more = used.get(place, 0) + planned[place]
        yield fail(quota.check, what, _remedy(quota, more, subject.aws.region)) if over else ok(quota.check, what)


def _remedy(quota: Quota, wanted: int, region: str) -> str:
    command = (
        f"aws service-quotas request-service-quota-increase --service-code {quota.service} --quota-code {quota.code} "
        f"--desired-value {wanted} --region {region}"
    )
    return f"Remove what is not needed, or ask for more: `{command}`."


def _limit(quota: Quota, aws: Aws) -> int:
    """The account's limit, or AWS's default where nobody ever asked for another."""
    asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        answer = aws.ask("service-quotas", "get_service_quota", **asked)
    except AwsError as error:
        if error.code != _UNCHANGED:
            raise
        answer = aws.ask("service-quotas", "get_aws_default_service_quota", **asked)
    return int(answer["Quota"]["Value"])


def _one(subject: Subject, type_token: str, *, wanted: bool = True) -> Mapping[str, int]:
    return {subject.aws.region: int(wanted and not subject.standing(type_token))}


def _vpcs(subject: Subject) -> Mapping[str, int]:
    return _one(subject, _VPC, wanted=not subject.values["vpc_id"])


def _addresses(subject: Subject) -> Mapping[str, int]:
    """One a NAT gateway; the load balancer's are AWS's own and not counted."""
    wanted = 0 if subject.values["vpc_id"] else _gateways(subject)
    return {subject.aws.region: wanted - len(subject.standing(_ADDRESS))}


def _nat_gateways(subject: Subject) -> Mapping[str, int]:
    if subject.values["vpc_id"]:
        return {}
    standing = {each.name for each in subject.standing(_NAT)}
    zones = [zone.name for zone in zones_of(subject)[: _gateways(subject)]]
    return {zone: 1 for zone in zones if f"network-{zone}-nat" not in standing}


def _gateways(subject: Subject) -> int:
    return subject.values["availability_zones"] if subject.values["nat_gateways"] == "per-zone" else 1


def _clusters(subject: Subject) -> Mapping[str, int]:
    return _one(subject, CLUSTER)


def _databases(subject: Subject) -> Mapping[str, int]:
    return _one(subject, _DATABASE, wanted=subject.values["postgres_enabled"])


def _counted(service: str, operation: str, member: str) -> Callable[[Aws], Mapping[str, int]]:
    return lambda aws: {aws.region: sum(1 for _ in aws.each(service, operation, member))}


def _used_addresses(aws: Aws) -> Mapping[str, int]:
    return {aws.region: len(aws.ask("ec2", "describe_addresses")["Addresses"])}


def _used_nat_gateways(aws: Aws) -> Mapping[str, int]:
    counting = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    subnets = [each["SubnetId"] for each in aws.each("ec2", "describe_nat_gateways", "NatGateways", Filters=counting)]
    if not subnets:
        return {}
    described = aws.each("ec2", "describe_subnets", "Subnets", SubnetIds=sorted(set(subnets)))
    zone_of = {each["SubnetId"]: each["AvailabilityZone"] for each in described}
    return collections.Counter(zone_of[subnet] for subnet in subnets if subnet in zone_of)


_QUOTAS = (
    Quota("quota-vpcs", "vpc", "L-F678F1CE", "VPCs", ("vpc_id",), _vpcs, _counted("ec2", "describe_vpcs", "Vpcs")),
    Quota(
        "quota-elastic-ips",
        "ec2",
        "L-0263D0A3",
        "Elastic IP addresses",
        ("vpc_id", "nat_gateways", "availability_zones"),
        _addresses,
        _used_addresses,
    ),
    Quota(
        "quota-nat-gateways",
        "vpc",
        "L-FE5A380F",
        "NAT gateways",
        ("vpc_id", "nat_gateways", "availability_zones"),
        _nat_gateways,
        _used_nat_gateways,
    ),
    Quota(
        "quota-clusters",
        "eks",
        "L-1194D53C",
        "EKS clusters",
        (),
        _clusters,
        _counted("eks", "list_clusters", "clusters"),
    ),
    Quota(
        "quota-databases",
        "rds",
        "L-7B6409FD",
        "RDS instances",
        ("postgres_enabled",),
        _databases,
        _counted("rds", "describe_db_instances", "DBInstances"),
    ),
)
