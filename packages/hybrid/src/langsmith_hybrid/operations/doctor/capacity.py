"""Whether AWS has the machines the stack asks for where the stack goes."""

from __future__ import annotations

from collections.abc import Iterator

from langsmith_hybrid.operations.doctor.checks import Check
from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, unknown
from langsmith_hybrid.operations.doctor.subject import Subject
from langsmith_hybrid.operations.doctor.zones import zones_of

_STORAGE = "gp3"
_WHERE = ("region", "vpc_id", "private_subnet_ids", "availability_zones")


def checks(subject: Subject) -> list[Check]:
    """A check for every kind of machine the stack asks for."""
    found: list[Check] = []
    if subject.has(*_WHERE, "eks_node_instance_type"):
        found.append(Check("capacity-nodes", lambda: _nodes(subject)))
    if subject.values.get("postgres_enabled") and subject.has(
        *_WHERE, "postgres_instance_class", "postgres_version", "postgres_multi_az"
    ):
        found.append(Check("capacity-database", lambda: _database(subject)))
    if subject.values.get("redis_enabled") and subject.has("region", "redis_node_type"):
        found.append(Check("capacity-cache", lambda: _cache(subject)))
    return found


def _nodes(subject: Subject) -> Iterator[Finding]:
    """A node group needs its type in every zone it spans, and an image of the type's architecture."""
    from langsmith_hybrid.nodes import architecture

    check, wanted = "capacity-nodes", subject.values["eks_node_instance_type"]
    zones = [zone.name for zone in zones_of(subject)]
    filters = [{"Name": "instance-type", "Values": [wanted]}, {"Name": "location", "Values": zones}]
    offered = subject.aws.each(
        "ec2",
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=filters,
    )
    there = {each["Location"] for each in offered}
    if missing := [zone for zone in zones if zone not in there]:
        what = f"{wanted} is not offered in {' and '.join(missing)}."
        yield fail(check, what, "Set eksNodeInstanceType to a type that is, or use other zones by vpcId.")
        return
    (described,) = subject.aws.ask("ec2", "describe_instance_types", InstanceTypes=[wanted])["InstanceTypes"]
    if architecture(wanted) not in (has := described["ProcessorInfo"]["SupportedArchitectures"]):
        what = f"{wanted} is {' or '.join(has)}, and would be given an image for {architecture(wanted)}."
        yield fail(check, what, "Set eksNodeInstanceType to another type.")
        return
    yield ok(check, f"{wanted} ({architecture(wanted)}) is offered in {', '.join(zones)}.")


def _database(subject: Subject) -> Iterator[Finding]:
    """RDS chooses among the zones: one is enough, and two for a standby."""
    check, values = "capacity-database", subject.values
    wanted, version, standby = (
        values["postgres_instance_class"],
        values["postgres_version"],
        values["postgres_multi_az"],
    )
    zones = {zone.name for zone in zones_of(subject)}
    orderable = subject.aws.each(
        "rds",
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        Engine="postgres",
        DBInstanceClass=wanted,
        Vpc=True,
    )
    fitting = [
        {zone["Name"] for zone in option["AvailabilityZones"]} & zones
        for option in orderable
        if option["EngineVersion"].partition(".")[0] == version
        and option["StorageType"] == _STORAGE
        and (option["MultiAZCapable"] or not standby)
    ]
    best = max(fitting, key=len, default=set[str]())
    asked = f"{wanted} with PostgreSQL {version}{' and a standby' if standby else ''}"
    if len(best) < (2 if standby else 1):
        what = f"{asked} cannot be had in {', '.join(sorted(zones))}."
        yield fail(check, what, "Set postgresInstanceClass to a class that can.")
    else:
        yield ok(check, f"{asked} can be had in {', '.join(sorted(best))}.")


def _cache(subject: Subject) -> Iterator[Finding]:
    """ElastiCache says of no zone what it offers there; what it sells reservations of, the region has."""
    check, wanted = "capacity-cache", subject.values["redis_node_type"]
    offers = subject.aws.each(
        "elasticache",
        "describe_reserved_cache_nodes_offerings",
        "ReservedCacheNodesOfferings",
        CacheNodeType=wanted,
    )
    if next(iter(offers), None) is None:
        what = f"ElastiCache does not say that {subject.aws.region} has {wanted}."
        yield unknown(check, what, "Look it up in ElastiCache's list of node types, or set redisNodeType to another.")
    else:
        yield ok(check, f"{wanted} can be had in {subject.aws.region}.")
