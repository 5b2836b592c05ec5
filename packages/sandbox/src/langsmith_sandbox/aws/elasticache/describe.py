"""Replication groups and cache clusters as the Describe operations show them."""

from __future__ import annotations

from typing import Any

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.elasticache.server import server_name
from langsmith_sandbox.aws.elasticache.state import VERSIONS, ReplicationGroup

_SHOWN = (
    "AutoMinorVersionUpgrade", "AtRestEncryptionEnabled", "TransitEncryptionEnabled", "TransitEncryptionMode",
    "KmsKeyId", "SnapshotRetentionLimit", "SnapshotWindow", "NetworkType", "IpDiscovery", "AuthTokenEnabled",
    "CacheNodeType", "Engine",
)  # fmt: skip


def replication_group(region: str, group: ReplicationGroup) -> dict[str, Any]:
    """Members of ``ReplicationGroup``; endpoints appear once it is available."""
    settings = group.settings
    return {
        **{name: settings[name] for name in _SHOWN},
        "ReplicationGroupId": group.id,
        "Description": settings["ReplicationGroupDescription"],
        "GlobalReplicationGroupInfo": {},
        "Status": group.status,
        "PendingModifiedValues": {},
        "MemberClusters": group.members,
        "NodeGroups": [] if group.status == "creating" else [_shard(region, group)],
        "AutomaticFailover": "enabled" if settings["AutomaticFailoverEnabled"] else "disabled",
        "MultiAZ": "enabled" if settings["MultiAZEnabled"] else "disabled",
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "ARN": group.arn,
        "UserGroupIds": settings["UserGroupIds"],
        "LogDeliveryConfigurations": [
            {**configuration, "Status": "active"} for configuration in settings["LogDeliveryConfigurations"]
        ],
        "ReplicationGroupCreateTime": settings["CreateTime"],
        "DataTiering": "disabled",
    }


def cache_cluster(
    region: str, account: str, group: ReplicationGroup, member: str, *, with_nodes: bool
) -> dict[str, Any]:
    """Members of ``CacheCluster`` for one node of a replication group."""
    settings = group.settings
    described = {
        **{name: settings[name] for name in _SHOWN},
        "CacheClusterId": member,
        "ReplicationGroupId": group.id,
        "EngineVersion": VERSIONS[settings["Engine"]].get(settings["EngineVersion"], settings["EngineVersion"]),
        "CacheClusterStatus": group.status,
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": _zone(region, group.members.index(member)),
        "CacheClusterCreateTime": settings["CreateTime"],
        "PreferredMaintenanceWindow": settings["PreferredMaintenanceWindow"],
        "PendingModifiedValues": {},
        "CacheSecurityGroups": [],
        "CacheParameterGroup": {
            "CacheParameterGroupName": settings["CacheParameterGroupName"],
            "ParameterApplyStatus": "in-sync",
            "CacheNodeIdsToReboot": [],
        },
        "CacheSubnetGroupName": settings["CacheSubnetGroupName"],
        "SecurityGroups": [{"SecurityGroupId": g, "Status": "active"} for g in settings["SecurityGroupIds"]],
        "ARN": f"arn:aws:elasticache:{region}:{account}:cluster:{member}",
    }
    if with_nodes and group.status != "creating":
        described["CacheNodes"] = [
            {"CacheNodeId": "0001", "CacheNodeStatus": "available", "ParameterGroupStatus": "in-sync",
             "Endpoint": _endpoint(group, f"{member}.{_domain(region, group)}"),
             "CustomerAvailabilityZone": _zone(region, group.members.index(member))}
        ]  # fmt: skip
    return described


def _shard(region: str, group: ReplicationGroup) -> dict[str, Any]:
    domain = _domain(region, group)
    return {
        "NodeGroupId": "0001",
        "Status": group.status,
        "PrimaryEndpoint": _endpoint(group, f"master.{domain}"),
        "ReaderEndpoint": _endpoint(group, f"replica.{domain}"),
        "NodeGroupMembers": [
            {"CacheClusterId": member, "CacheNodeId": "0001", "ReadEndpoint": _endpoint(group, f"{member}.{domain}"),
             "PreferredAvailabilityZone": _zone(region, number), "CurrentRole": "replica" if number else "primary"}
            for number, member in enumerate(group.members)
        ],
    }  # fmt: skip


def _domain(region: str, group: ReplicationGroup) -> str:
    words = region.split("-")
    short = words[0] + "".join(word[0] for word in words[1:-1]) + words[-1]
    return f"{group.id}.{group.suffix}.{short}.cache.amazonaws.com"


def _endpoint(group: ReplicationGroup, address: str) -> dict[str, Any]:
    report = current().stores.report(server_name(group))
    if report is not None and report.address:
        return {"Address": report.address, "Port": report.port}
    return {"Address": address, "Port": group.settings["Port"]}


def _zone(region: str, number: int) -> str:
    return region + "abc"[number % 3]
