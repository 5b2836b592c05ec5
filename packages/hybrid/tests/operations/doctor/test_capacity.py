"""Whether AWS has the machines a stack asks for, in the zones it takes."""

from __future__ import annotations

from typing import Any

from operations.doctor.world import World

from langsmith_hybrid.operations.doctor import Finding, State, capacity, zones
from langsmith_hybrid.operations.doctor.checks import run

OFFERINGS = ("ec2", "describe_instance_type_offerings")
ORDERABLE = ("rds", "describe_orderable_db_instance_options")


def look(world: World) -> dict[str, Finding]:
    return {finding.check: finding for finding in run(capacity.checks(world.subject()))}


def only(world: World, *zones: str) -> dict[str, Any]:
    """Let RDS have the class in these zones."""
    (option,) = world.aws.answers[ORDERABLE]["OrderableDBInstanceOptions"]
    option["AvailabilityZones"] = [{"Name": zone} for zone in zones]
    return option


def test_a_type_must_be_offered_in_every_zone_nodes_go_to(world: World) -> None:
    world.aws.answers[OFFERINGS] = {"InstanceTypeOfferings": [{"Location": "eu-west-1a"}]}
    finding = look(world)["capacity-nodes"]
    assert finding.state is State.FAIL
    assert finding.what == "m6i.xlarge is not offered in eu-west-1b.", "a zone that is not taken does not matter"


def test_a_type_is_held_against_the_image_its_name_calls_for(world: World) -> None:
    described = {"ProcessorInfo": {"SupportedArchitectures": ["arm64"]}}
    world.aws.answers["ec2", "describe_instance_types"] = {"InstanceTypes": [described]}
    finding = look(world)["capacity-nodes"]
    assert finding.state is State.FAIL
    assert "would be given an image for x86_64" in finding.what


def test_one_zone_is_enough_for_a_database_and_two_for_a_standby(world: World) -> None:
    only(world, "eu-west-1a")
    assert look(world)["capacity-database"].state is State.OK
    world.set(postgresMultiAz="true")
    finding = look(world)["capacity-database"]
    assert finding.state is State.FAIL
    assert "a standby cannot be had in eu-west-1a, eu-west-1b" in finding.what


def test_a_class_in_another_zone_or_of_another_version_or_storage_is_of_no_use(world: World) -> None:
    option = only(world, "eu-west-1c")
    assert look(world)["capacity-database"].state is State.FAIL
    only(world, "eu-west-1a")
    for key, other in (("EngineVersion", "17.7"), ("StorageType", "gp2")):
        was, option[key] = option[key], other
        assert look(world)["capacity-database"].state is State.FAIL, key
        option[key] = was


def test_a_node_type_nobody_sells_is_unknown_since_there_is_no_list(world: World) -> None:
    world.aws.answers["elasticache", "describe_reserved_cache_nodes_offerings"] = {"ReservedCacheNodesOfferings": []}
    assert look(world)["capacity-cache"].state is State.UNKNOWN


def test_stores_that_are_switched_off_need_no_machine(world: World) -> None:
    world.set(postgresEnabled="false", redisEnabled="false")
    assert list(look(world)) == ["capacity-nodes"]


def test_zones_are_those_the_program_takes_by_name_and_not_as_aws_lists_them(world: World) -> None:
    assert [zone.name for zone in zones.zones_of(world.subject())] == ["eu-west-1a", "eu-west-1b"]


def test_the_zones_of_an_existing_network_are_those_of_its_subnets(world: World) -> None:
    subnets = ("subnet-0123456789abcdefa", "subnet-0123456789abcdefb")
    world.set(vpcId="vpc-0123456789abcdef0", privateSubnetIds=f'["{subnets[0]}", "{subnets[1]}"]')
    listed = [
        {"SubnetId": subnet, "AvailabilityZone": f"eu-west-1{letter}", "AvailabilityZoneId": letter}
        for subnet, letter in zip(reversed(subnets), "cb", strict=True)
    ]
    world.aws.answers["ec2", "describe_subnets"] = {"Subnets": listed}
    assert [zone.name for zone in zones.zones_of(world.subject())] == ["eu-west-1b", "eu-west-1c"]


def test_a_region_with_too_few_zones_fails(world: World) -> None:
    del world.aws.answers["ec2", "describe_availability_zones"]["AvailabilityZones"][1:]
    (finding,) = zones.findings(world.subject())
    assert finding.state is State.FAIL
    assert "Set availabilityZones to 1" in finding.remedy


def test_a_zone_without_eks_fails_where_the_control_plane_would_be(world: World) -> None:
    listed = world.aws.answers["ec2", "describe_availability_zones"]["AvailabilityZones"]
    listed[-1]["ZoneId"] = "use1-az3"
    (finding,) = zones.findings(world.subject())
    assert finding.state is State.FAIL
    assert "eu-west-1a is use1-az3" in finding.what, "names are the account's own, so both are said"
