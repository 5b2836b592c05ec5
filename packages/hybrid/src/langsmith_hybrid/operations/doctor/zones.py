"""The availability zones a stack takes, and whether it can live in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok
from langsmith_hybrid.operations.doctor.subject import Subject

_CHECK = "zones"
# Cannot hold an EKS control plane (EKS user guide, "VPC and subnet requirements"). An account's zone names are its own.
_WITHOUT_EKS = frozenset({"use1-az3", "usw1-az2", "cac1-az3"})
_CONTROL_PLANE_ZONES = 2


@dataclasses.dataclass(frozen=True)
class Zone:
    """A zone: the account's name for it, and AWS's own."""

    name: str
    id: str


def zones_of(subject: Subject) -> Sequence[Zone]:
    """The zones the stack takes, in the program's order. Raises as `Aws.ask` does."""
    if subject.values.get("vpc_id"):
        wanted = list(subject.values["private_subnet_ids"])
        subnets = subject.aws.ask("ec2", "describe_subnets", SubnetIds=wanted)["Subnets"]
        found = {each["SubnetId"]: Zone(each["AvailabilityZone"], each["AvailabilityZoneId"]) for each in subnets}
        return [found[subnet] for subnet in wanted if subnet in found]
    filters = [
        {"Name": "state", "Values": ["available"]},
        {"Name": "opt-in-status", "Values": ["opt-in-not-required"]},
    ]
    listed = subject.aws.ask("ec2", "describe_availability_zones", Filters=filters)["AvailabilityZones"]
    ordered = sorted((Zone(each["ZoneName"], each["ZoneId"]) for each in listed), key=lambda zone: zone.name)
    return ordered[: subject.values["availability_zones"]]


def findings(subject: Subject) -> Iterator[Finding]:
    """Whether there are enough, and EKS runs in those of the control plane. Raises as `Aws.ask` does."""
    zones, wanted = zones_of(subject), subject.values["availability_zones"]
    region = subject.values["region"]
    if not subject.values.get("vpc_id") and len(zones) < wanted:
        what = f"{wanted} zones are wanted, and {region} has {len(zones)}."
        yield fail(_CHECK, what, f"Set availabilityZones to {len(zones)}, or use another region.")
        return
    if without := [zone for zone in zones[:_CONTROL_PLANE_ZONES] if zone.id in _WITHOUT_EKS]:
        what = f"{without[0].name} is {without[0].id} in this account, which holds no EKS control plane."
        yield fail(_CHECK, what, "Name other subnets first, or use another region; vpcId chooses the zones.")
        return
    yield ok(_CHECK, f"The stack takes {', '.join(zone.name for zone in zones)}.")
