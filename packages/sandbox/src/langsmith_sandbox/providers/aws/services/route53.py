"""Route 53: records, plain ones and aliases of load balancers."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Update

_SETTINGS = "aliases records ttl"
_FULL_NAME = joined("trimmed(name, '.')", "'.'")
_WANTED = """{
    Name: trimmed(name, '.'), Type: type, TTL: ttl, ResourceRecords: records[].{Value: @}, AliasTarget: aliases && {
    HostedZoneId: aliases[0].zoneId, DNSName: aliases[0].name, EvaluateTargetHealth: aliases[0].evaluateTargetHealth
}}"""
_PRESENT = "{Name: Name, Type: Type, TTL: TTL, ResourceRecords: ResourceRecords, AliasTarget: AliasTarget}"


def _change(action: str, record: str, *, ignores: str = "") -> Call:
    """A call that changes one record; ``action`` is an expression."""
    members = {
        "HostedZoneId": "zoneId",
        "ChangeBatch": f"{{Changes: [{{Action: {action}, ResourceRecordSet: {record}}}]}}",
    }
    return Call("change_resource_record_sets", members=members, ignores=ignores)


RECORD = Resource(
    type="aws:route53/record:Record",
    service="route53",
    identity=joined("zoneId", "'_'", "trimmed(name, '.')", "'_'", "type"),
    create=_change("allowOverwrite && 'UPSERT' || 'CREATE'", _WANTED),
    used=f"zoneId name type {_SETTINGS}",
    local="allowOverwrite",
    read=Lookup(
        "list_resource_record_sets",
        # The list begins with the record, or with whatever would come after it.
        members={"HostedZoneId": "zoneId", "StartRecordName": "name", "StartRecordType": "type"},
        at=f"matching(ResourceRecordSets, {{Name: {_FULL_NAME}, Type: type}})",
        ignores="NoSuchHostedZone",
    ),
    outputs={
        "aliases": "AliasTarget && [{name: trimmed(AliasTarget.DNSName, '.'), zoneId: AliasTarget.HostedZoneId,"
        " evaluateTargetHealth: AliasTarget.EvaluateTargetHealth}]",
        "fqdn": "trimmed(Name, '.')",
        "name": "name",
        "records": "ResourceRecords[].Value",
        "zoneId": "zoneId",
    },
    updates=(Update(_SETTINGS, _change("'UPSERT'", _WANTED), whole=True),),
    defaults={"allowOverwrite": False},
    replaced_by="zoneId name type",
    delete=_change("'DELETE'", _PRESENT, ignores="NoSuchHostedZone"),
)

RESOURCES = (RECORD,)
