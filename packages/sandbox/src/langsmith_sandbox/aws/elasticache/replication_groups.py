"""Replication groups, with cluster mode off: one shard, a primary and its replicas."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from langsmith_sandbox.aws import interfaces
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.elasticache import describe, server
from langsmith_sandbox.aws.elasticache.groups import family
from langsmith_sandbox.aws.elasticache.handler import CacheHandler
from langsmith_sandbox.aws.elasticache.state import (
    VERSIONS,
    ReplicationGroup,
    Snapshot,
    parameter_group_named,
    replication_group_named,
    subnet_group_named,
)
from langsmith_sandbox.aws.errors import AwsError
from langsmith_sandbox.aws.store_servers import is_coming_up

_LOOK_AGAIN = 0.2  # seconds
# What CreateReplicationGroup takes and DescribeReplicationGroups or DescribeCacheClusters shows again.
_KEPT: dict[str, Any] = {
    "AutoMinorVersionUpgrade": True, "AtRestEncryptionEnabled": False, "TransitEncryptionEnabled": False,
    "TransitEncryptionMode": None, "KmsKeyId": None, "SnapshotRetentionLimit": 0, "SnapshotWindow": "05:00-06:00",
    "PreferredMaintenanceWindow": "sun:07:00-sun:08:00", "Port": 6379, "NotificationTopicArn": None,
    "UserGroupIds": [], "LogDeliveryConfigurations": [], "NetworkType": "ipv4", "IpDiscovery": "ipv4",
    "ClusterMode": "disabled", "MultiAZEnabled": False, "AutomaticFailoverEnabled": False, "CacheNodeType": None,
    "ReplicationGroupDescription": "",
}  # fmt: skip
_MODIFIABLE = (
    "ReplicationGroupDescription", "AutomaticFailoverEnabled", "MultiAZEnabled", "PreferredMaintenanceWindow",
    "NotificationTopicArn", "CacheParameterGroupName", "SnapshotRetentionLimit", "SnapshotWindow", "CacheNodeType",
    "AutoMinorVersionUpgrade", "LogDeliveryConfigurations", "IpDiscovery", "TransitEncryptionMode", "Engine",
    "EngineVersion",
)  # fmt: skip


class ReplicationGroupOperations(CacheHandler):
    """CreateReplicationGroup and everything on it, including the cache clusters that are its nodes."""

    def create_replication_group(self) -> ActionResult:
        identity = self.param("ReplicationGroupId").lower()
        if identity in self.state.replication_groups:
            raise AwsError("ReplicationGroupAlreadyExists", f"Replication group with id {identity} already exists.")
        group = ReplicationGroup(
            id=identity,
            arn=self.arn("replicationgroup", identity),
            settings=self._new_settings(),
            status="creating",
            suffix=mock_random.get_random_string(6, lower_case=True),
            nodes=int(self.param("NumCacheClusters", self.param("ReplicasPerNodeGroup", 0) + 1)),
            tokens=server.tokens_after((), self.param("AuthToken"), "SET"),
        )
        self._check_group(group)
        self.state.replication_groups[identity] = group
        self.keep_tags(group.arn)
        self._place(group)
        server.keep(self.state, group)
        self._become_available(group)
        return self._answer(group)

    def describe_replication_groups(self) -> ActionResult:
        name = self.param("ReplicationGroupId")
        groups = [replication_group_named(self.state, name)] if name else list(self.state.replication_groups.values())
        return ActionResult({"ReplicationGroups": [describe.replication_group(self.region, group) for group in groups]})

    def describe_cache_clusters(self) -> ActionResult:
        wanted, with_nodes = self.param("CacheClusterId"), bool(self.param("ShowCacheNodeInfo"))
        found = [
            describe.cache_cluster(self.region, self.current_account, group, member, with_nodes=with_nodes)
            for group in self.state.replication_groups.values()
            for member in group.members
            if wanted is None or member == wanted.lower()
        ]
        if wanted is not None and not found:
            raise AwsError("CacheClusterNotFound", f"CacheCluster not found: {wanted}")
        return ActionResult({"CacheClusters": found})

    def modify_replication_group(self) -> ActionResult:
        group = self._available_group()
        changed = {name: self.param(name) for name in _MODIFIABLE if self.param(name) is not None}
        if self.param("SecurityGroupIds"):
            changed["SecurityGroupIds"] = self._groups()
        if self.param("AuthToken"):
            changed["AuthTokenEnabled"] = True
        before = dict(group.settings)
        group.settings.update(changed)
        try:
            self._check_group(group)
        except AwsError:
            group.settings = before
            raise
        group.tokens = server.tokens_after(group.tokens, self.param("AuthToken"), self.param("AuthTokenUpdateStrategy"))
        server.keep(self.state, group)
        owner = f"elasticache/{group.id}"
        interfaces.set_groups(self.current_account, self.region, owner, group.settings["SecurityGroupIds"])
        group.status = "modifying"
        self._become_available(group)
        return self._answer(group)

    def increase_replica_count(self) -> ActionResult:
        return self._resize(more=True)

    def decrease_replica_count(self) -> ActionResult:
        return self._resize(more=False)

    def delete_replication_group(self) -> ActionResult:
        group = self._available_group()
        if final := self.param("FinalSnapshotIdentifier"):
            self._snapshot(group, final)
        group.status = "deleting"
        state, account, region = self.state, self.current_account, self.region

        def remove() -> None:
            current().stores.drop(server.server_name(group))
            interfaces.release(account, region, f"elasticache/{group.id}")
            state.replication_groups.pop(group.id, None)
            state.tags.pop(group.arn, None)

        self.context.clock.after(self.context.delays.cache, remove)
        return self._answer(group)

    def describe_snapshots(self) -> ActionResult:
        name, owner = self.param("SnapshotName"), self.param("ReplicationGroupId")
        if name and name not in self.state.snapshots:
            raise AwsError("SnapshotNotFoundFault", f"Snapshot {name} not found.")
        chosen = [
            snapshot.described
            for snapshot in self.state.snapshots.values()
            if name in {None, snapshot.name} and owner in {None, snapshot.described["ReplicationGroupId"]}
        ]
        return ActionResult({"Snapshots": chosen})

    def delete_snapshot(self) -> ActionResult:
        snapshot = self.state.snapshots.pop(self.param("SnapshotName"), None)
        if snapshot is None:
            raise AwsError("SnapshotNotFoundFault", f"Snapshot {self.param('SnapshotName')} not found.")
        self.state.tags.pop(snapshot.arn, None)
        return ActionResult({"Snapshot": {**snapshot.described, "SnapshotStatus": "deleting"}})

    def _new_settings(self) -> dict[str, Any]:
        if self.param("NumNodeGroups", 1) > 1 or self.param("ClusterMode", "disabled") != "disabled":
            raise AwsError(
                "InvalidParameterCombination", "The sandbox offers replication groups with cluster mode disabled only."
            )
        engine = self.param("Engine", "valkey")
        version = self.param("EngineVersion") or next(iter(VERSIONS.get(engine, {"": ""})))
        return {
            **{name: self.param(name, default) for name, default in _KEPT.items()},
            "Engine": engine,
            "EngineVersion": version,
            "CacheParameterGroupName": self.param("CacheParameterGroupName", f"default.{family(engine, version)}"),
            "CacheSubnetGroupName": self.param("CacheSubnetGroupName", "default").lower(),
            "SecurityGroupIds": self._groups(),
            "AuthTokenEnabled": bool(self.param("AuthToken")),
            "CreateTime": self.context.clock.utc(),
        }

    def _check_group(self, group: ReplicationGroup) -> None:
        """Refuses combinations that AWS refuses."""
        settings = group.settings
        engine, version = settings["Engine"], settings["EngineVersion"]
        if version not in VERSIONS.get(engine, {}) and version not in VERSIONS.get(engine, {}).values():
            raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for {engine}")
        parameters = parameter_group_named(self.state, settings["CacheParameterGroupName"])
        if parameters.family != family(engine, version):
            raise AwsError(
                "InvalidParameterCombination",
                f"Expected a parameter group of family {family(engine, version)} but found one of family "
                f"{parameters.family}",
            )
        subnet_group_named(self.state, settings["CacheSubnetGroupName"])
        if settings["AutomaticFailoverEnabled"] and group.nodes < 2:
            raise AwsError(
                "InvalidParameterCombination",
                "Automatic failover is not supported for replication groups with only one node: must have at least "
                "one replica to turn on automatic failover.",
            )
        if settings["MultiAZEnabled"] and not settings["AutomaticFailoverEnabled"]:
            raise AwsError(
                "InvalidParameterCombination", "Must enable automatic failover to enable Multi-AZ for this group."
            )
        if settings["AuthTokenEnabled"] and not settings["TransitEncryptionEnabled"]:
            raise AwsError(
                "InvalidParameterCombination", "The AUTH token is only supported when encryption-in-transit is enabled."
            )

    def _groups(self) -> list[str]:
        asked = self.param("SecurityGroupIds", [])
        for group in asked:
            if self.ec2.get_security_group_from_id(group) is None:
                raise AwsError("InvalidParameterValue", f"Some security groups are invalid: {group} does not exist")
        return list(asked)

    def _place(self, group: ReplicationGroup) -> None:
        """Gives every node its interface, spread over the subnets of the subnet group."""
        subnets = subnet_group_named(self.state, group.settings["CacheSubnetGroupName"]).subnets
        owner = f"elasticache/{group.id}"
        interfaces.release(self.current_account, self.region, owner)
        interfaces.register(
            self.current_account, self.region, owner, [subnets[n % len(subnets)] for n in range(group.nodes)],
            group.settings["SecurityGroupIds"], f"ElastiCache {group.id}",
        )  # fmt: skip

    def _available_group(self) -> ReplicationGroup:
        group = replication_group_named(self.state, self.param("ReplicationGroupId"))
        if group.status != "available":
            raise AwsError(
                "InvalidReplicationGroupState",
                f"Replication group {group.id} has status {group.status} which is not valid for this operation.",
            )
        return group

    def _become_available(self, group: ReplicationGroup) -> None:
        def settle() -> None:
            if is_coming_up(current().stores, server.server_name(group)):
                self.context.clock.after(_LOOK_AGAIN, settle)
            elif group.status in {"creating", "modifying"}:
                group.status = "available"

        self.context.clock.after(self.context.delays.cache, settle)

    def _resize(self, *, more: bool) -> ActionResult:
        group, wanted = self._available_group(), int(self.param("NewReplicaCount", 0)) + 1
        if (wanted <= group.nodes) if more else (wanted >= group.nodes):
            raise AwsError(
                "InvalidParameterValue", f"The new replica count must be {'more' if more else 'less'} than the present."
            )
        before, group.nodes = group.nodes, wanted
        try:
            self._check_group(group)
        except AwsError:
            group.nodes = before
            raise
        self._place(group)
        group.status = "modifying"
        self._become_available(group)
        return self._answer(group)

    def _snapshot(self, group: ReplicationGroup, name: str) -> None:
        if name in self.state.snapshots:
            raise AwsError("SnapshotAlreadyExistsFault", f"Snapshot with specified name already exists: {name}")
        arn = self.arn("snapshot", name)
        shared = {key: group.settings[key] for key in ("CacheNodeType", "Engine", "EngineVersion", "Port")}
        self.state.snapshots[name] = Snapshot(
            name, arn,
            {"SnapshotName": name, "ReplicationGroupId": group.id, "SnapshotStatus": "available",
             "SnapshotSource": "manual", "ARN": arn, **shared},
        )  # fmt: skip

    def _answer(self, group: ReplicationGroup) -> ActionResult:
        return ActionResult({"ReplicationGroup": describe.replication_group(self.region, group)})
