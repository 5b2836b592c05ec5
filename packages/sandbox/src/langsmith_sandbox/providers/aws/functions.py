"""The data sources of the AWS provider that a program may call (``aws.get_region()`` and so on)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws import network_functions
from langsmith_sandbox.providers.aws.resource import Call
from langsmith_sandbox.providers.plugin import ProviderError

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.clients import Clients
    from langsmith_sandbox.providers.properties import Properties

Function = Callable[["Clients", "Properties"], Mapping[str, Any]]

_REGION_NAMES = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "Europe (Ireland)",
    "eu-central-1": "Europe (Frankfurt)",
}


def invoke(clients: Clients, token: str, arguments: Properties) -> Mapping[str, Any]:
    """The result of the function ``token``.

    Raises:
        ProviderError: For a function or an argument that is not handled, or when AWS refuses.
    """
    if token not in FUNCTIONS:
        raise ProviderError(f"The sandbox's AWS provider has no function {token}.", "Use an AWS account for that.")
    function, handled = FUNCTIONS[token]
    given = {name: value for name, value in arguments.items() if value is not None}
    if unknown := sorted(given.keys() - handled.keys()):
        raise ProviderError(f"{token} does not handle {', '.join(unknown)} in the sandbox.", "Leave them out.")
    if missing := sorted(name for name, required in handled.items() if required and name not in given):
        raise ProviderError(f"{token} needs {', '.join(missing)}.", "Pass them.")
    return function(clients, given)


def _caller_identity(clients: Clients, _: Properties) -> Mapping[str, Any]:
    caller = clients.caller
    return {"accountId": caller["Account"], "arn": caller["Arn"], "userId": caller["UserId"], "id": caller["Account"]}


def _region(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    region = arguments.get("region") or arguments.get("name") or clients.region
    endpoint = f"ec2.{region}.{_suffix(region)}"
    description = _REGION_NAMES.get(region, region)
    return {"description": description, "endpoint": endpoint, "id": region, "name": region, "region": region}


def _partition(clients: Clients, _: Properties) -> Mapping[str, Any]:
    partition, suffix = partition_of(clients.region), _suffix(clients.region)
    prefix = ".".join(reversed(suffix.split(".")))
    return {"dnsSuffix": suffix, "id": partition, "partition": partition, "reverseDnsPrefix": prefix}


def partition_of(region: str) -> str:
    """The ARN partition of a region: ``aws``, ``aws-cn`` or ``aws-us-gov``."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def _availability_zones(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    region = arguments.get("region") or clients.region
    filters = [{"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters", [])]
    if state := arguments.get("state"):
        filters.append({"Name": "state", "Values": [state]})
    members: dict[str, Any] = {"Filters": filters} if filters else {}
    if "allAvailabilityZones" in arguments:
        members["AllAvailabilityZones"] = arguments["allAvailabilityZones"]
    answer = clients.call("ec2", Call("describe_availability_zones"), {"region": region}, extra=members)
    excluded = {*arguments.get("excludeNames", []), *arguments.get("excludeZoneIds", [])}
    zones = [
        zone
        for zone in sorted(answer["AvailabilityZones"], key=lambda zone: zone["ZoneName"])
        if not excluded & {zone["ZoneName"], zone["ZoneId"]}
    ]
    return {
        **arguments,
        "groupNames": sorted({zone.get("GroupName", region) for zone in zones}),
        "id": region,
        "names": [zone["ZoneName"] for zone in zones],
        "region": region,
        "zoneIds": [zone["ZoneId"] for zone in zones],
    }


def _addon_version(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    members = {"addonName": arguments["addonName"], "kubernetesVersion": arguments["kubernetesVersion"]}
    region = arguments.get("region") or clients.region
    answer = clients.call("eks", Call("describe_addon_versions"), {"region": region}, extra=members)
    versions = [version for addon in answer.get("addons", []) for version in addon["addonVersions"]]
    for version in versions:
        default = any(each.get("defaultVersion") for each in version["compatibilities"])
        if arguments.get("mostRecent") or default:
            return {**arguments, "id": arguments["addonName"], "region": region, "version": version["addonVersion"]}
    what = (
        f"There is no version of the add-on {arguments['addonName']} for Kubernetes {arguments['kubernetesVersion']}."
    )
    raise ProviderError(what, "Check both names with `aws eks describe-addon-versions`.")


def _session_context(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    """The IAM role behind an assumed-role ARN; any other ARN is its own issuer."""
    arn = arguments["arn"]
    match = re.fullmatch(r"arn:[^:]+:sts::\d+:assumed-role/(?P<role>[^/]+)/(?P<session>.+)", arn)
    if match is None:
        return {"arn": arn, "id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    role = clients.call("iam", Call("get_role"), {}, extra={"RoleName": match["role"]})["Role"]
    return {
        "arn": arn,
        "id": arn,
        "issuerArn": role["Arn"],
        "issuerId": role["RoleId"],
        "issuerName": role["RoleName"],
        "sessionName": match["session"],
    }


def _role(clients: Clients, arguments: Properties) -> Mapping[str, Any]:
    role = clients.call("iam", Call("get_role"), {}, extra={"RoleName": arguments["name"]})["Role"]
    return {
        "arn": role["Arn"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "description": role.get("Description", ""),
        "id": role["RoleName"],
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "name": role["RoleName"],
        "path": role["Path"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [],
        "tags": {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        "uniqueId": role["RoleId"],
    }


_BY_ID = {"id": True, "region": False}
FUNCTIONS: Mapping[str, tuple[Function, Mapping[str, bool]]] = {
    "aws:eks/getAddonVersion:getAddonVersion": (
        _addon_version,
        {"addonName": True, "kubernetesVersion": True, "mostRecent": False, "region": False},
    ),
    "aws:ec2/getNatGateway:getNatGateway": (network_functions.nat_gateway, _BY_ID),
    "aws:ec2/getRouteTable:getRouteTable": (
        network_functions.route_table,
        {"routeTableId": True, "region": False},
    ),
    "aws:ec2/getRouteTables:getRouteTables": (
        network_functions.route_tables,
        {"filters": False, "region": False, "vpcId": False},
    ),
    "aws:ec2/getSubnet:getSubnet": (network_functions.subnet, _BY_ID),
    "aws:ec2/getVpc:getVpc": (network_functions.vpc, _BY_ID),
    "aws:iam/getRole:getRole": (_role, {"name": True}),
    "aws:iam/getSessionContext:getSessionContext": (_session_context, {"arn": True}),
    "aws:lb/getHostedZoneId:getHostedZoneId": (
        network_functions.load_balancer_zone,
        {"loadBalancerType": False, "region": False},
    ),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (
        _availability_zones,
        dict.fromkeys(("allAvailabilityZones", "excludeNames", "excludeZoneIds", "filters", "region", "state"), False),
    ),
    "aws:index/getCallerIdentity:getCallerIdentity": (_caller_identity, {"id": False}),
    "aws:index/getPartition:getPartition": (_partition, {"id": False}),
    "aws:index/getRegion:getRegion": (_region, {"id": False, "name": False, "region": False}),
}
"""By token: the function, and its arguments with whether each is required."""
