"""Names in Route 53, which carry no tags: what the program records for agents, and for their certificate's proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.orphans.found import Found


def records(aws: Aws, zone_id: str, hostname: str) -> Iterator[Found]:
    """Records as the program makes them for agents' hostname, by the ids they have in a state. Raises as `Aws.each`."""
    # Names below a name follow it: the first that is neither ends them.
    sets = aws.each(
        "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone_id, StartRecordName=hostname
    )
    for each in sets:
        name = each["Name"].rstrip(".")
        if name != hostname and not name.endswith(f".{hostname}"):
            return
        if (name == hostname and _leads_to_a_load_balancer(each)) or _proves_a_certificate(each):
            yield Found("route53:record", f"{zone_id}_{name}_{each['Type']}", "")


def _leads_to_a_load_balancer(record: dict[str, Any]) -> bool:
    return ".elb.amazonaws.com" in (record.get("AliasTarget") or {}).get("DNSName", "")


def _proves_a_certificate(record: dict[str, Any]) -> bool:
    values = [each["Value"].rstrip(".") for each in record.get("ResourceRecords") or ()]
    return record["Type"] == "CNAME" and any(value.endswith(".acm-validations.aws") for value in values)
