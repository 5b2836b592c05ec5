"""ElastiCache: replication groups, subnet groups and parameter groups."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Update, Wait
from langsmith_sandbox.providers.aws.services import tagging

_GROUP = {"ReplicationGroupId": "id"}
_GONE = "ReplicationGroupNotFoundFault"
_BUSY = "InvalidReplicationGroupState"

_MODIFIABLE = (
    "description authToken authTokenUpdateStrategy autoMinorVersionUpgrade automaticFailoverEnabled clusterMode engine"
    " engineVersion maintenanceWindow multiAzEnabled nodeType notificationTopicArn parameterGroupName securityGroupIds"
    " snapshotRetentionLimit snapshotWindow transitEncryptionEnabled transitEncryptionMode"
)
_FIXED = "replicationGroupId atRestEncryptionEnabled kmsKeyId networkType port subnetGroupName"
_COUNTS = "numCacheClusters numNodeGroups replicasPerNodeGroup"
_REPLICAS = "subtract(length(NodeGroups[0].NodeGroupMembers), `1`)"


def _resizing(operation: str, when: str) -> tuple[Update, ...]:
    """Updates by ``operation``, where the wanted number of replicas compares so with the present one.

    The number is given in one of two ways, of which AWS fills in the other: what changed tells which one is meant.
    """
    wanted = {"numCacheClusters": "subtract(numCacheClusters, `1`)", "replicasPerNodeGroup": "replicasPerNodeGroup"}
    return tuple(
        Update(
            name,
            Call(operation, members={**_GROUP, "ApplyImmediately": "`true`", "NewReplicaCount": count}, retries=_BUSY),
            whole=True,
            only_if=f"{count} {when} {_REPLICAS}",
        )
        for name, count in wanted.items()
    )


REPLICATION_GROUP = Resource(
    type="aws:elasticache/replicationGroup:ReplicationGroup",
    service="elasticache",
    identity="ReplicationGroup.ReplicationGroupId",
    naming=Naming(property="replicationGroupId", prefix="", longest=40, lower=True),
    create=Call(
        "create_replication_group",
        takes=f"{_FIXED} {_COUNTS} preferredCacheClusterAzs {_MODIFIABLE.replace('authTokenUpdateStrategy ', '')}",
    ),
    renamed={
        "description": "ReplicationGroupDescription",
        "kmsKeyId": "KmsKeyId",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "multiAzEnabled": "MultiAZEnabled",
        "nodeType": "CacheNodeType",
        "parameterGroupName": "CacheParameterGroupName",
        "subnetGroupName": "CacheSubnetGroupName",
        "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    },
    read=Lookup("describe_replication_groups", members=_GROUP, at="ReplicationGroups[0]", ignores=_GONE),
    also={
        "member": Lookup(
            "describe_cache_clusters",
            members={"CacheClusterId": "MemberClusters[0]"},
            at="CacheClusters[0]",
            ignores="CacheClusterNotFound",
        )
    },
    outputs={
        "arn": "ARN",
        "automaticFailoverEnabled": "AutomaticFailover && contains(['enabled', 'enabling'], AutomaticFailover)",
        "clusterEnabled": "ClusterEnabled",
        "description": "Description",
        "configurationEndpointAddress": "ConfigurationEndpoint.Address",
        "engine": "Engine || member.Engine",
        "engineVersion": "version_of(member.EngineVersion, engineVersion)",
        "engineVersionActual": "member.EngineVersion",
        "maintenanceWindow": "member.PreferredMaintenanceWindow",
        "multiAzEnabled": "MultiAZ && MultiAZ == 'enabled'",
        "numCacheClusters": "MemberClusters && length(MemberClusters)",
        "numNodeGroups": "NodeGroups && length(NodeGroups)",
        "parameterGroupName": "member.CacheParameterGroup.CacheParameterGroupName",
        "port": "NodeGroups[0].PrimaryEndpoint.Port || ConfigurationEndpoint.Port || port",
        "primaryEndpointAddress": "NodeGroups[0].PrimaryEndpoint.Address",
        "readerEndpointAddress": "NodeGroups[0].ReaderEndpoint.Address",
        "replicasPerNodeGroup": "NodeGroups[0].NodeGroupMembers"
        " && subtract(length(NodeGroups[0].NodeGroupMembers), `1`)",
        "securityGroupIds": "member.SecurityGroups[].SecurityGroupId",
        "snapshotRetentionLimit": "SnapshotRetentionLimit || member.SnapshotRetentionLimit",
        "subnetGroupName": "member.CacheSubnetGroupName",
    },
    updates=(
        # Automatic failover needs a replica: one that is added comes before it, one that is removed goes after.
        *_resizing("increase_replica_count", ">"),
        Update(
            _MODIFIABLE,
            Call(
                "modify_replication_group",
                takes=_MODIFIABLE,
                members={**_GROUP, "ApplyImmediately": "applyImmediately"},
                retries=_BUSY,
            ),
            empty={"snapshotRetentionLimit": 0, "multiAzEnabled": False, "automaticFailoverEnabled": False},
        ),
        *_resizing("decrease_replica_count", "<"),
    ),
    write_only="authToken authTokenUpdateStrategy notificationTopicArn preferredCacheClusterAzs transitEncryptionMode",
    local="applyImmediately finalSnapshotIdentifier",
    defaults={"applyImmediately": False, "autoMinorVersionUpgrade": True},
    computed="atRestEncryptionEnabled clusterMode engine engineVersion ipDiscovery maintenanceWindow networkType"
    " nodeType numCacheClusters numNodeGroups parameterGroupName port replicasPerNodeGroup securityGroupIds"
    " snapshotWindow subnetGroupName transitEncryptionMode autoMinorVersionUpgrade",
    volatile="engineVersionActual memberClusters",
    replaced_by=f"{_FIXED} numNodeGroups preferredCacheClusterAzs",
    tagging=tagging.by_resource_name("ARN", answer="TagList"),
    ready=Wait("Status", ready="available", failed="create-failed", seconds=3600),
    gone=Wait("Status", failed="create-failed", seconds=2700),
    delete=Call(
        "delete_replication_group",
        members={**_GROUP, "FinalSnapshotIdentifier": "finalSnapshotIdentifier"},
        ignores=_GONE,
        retries=_BUSY,
    ),
)

SUBNET_GROUP = Resource(
    type="aws:elasticache/subnetGroup:SubnetGroup",
    service="elasticache",
    identity="CacheSubnetGroup.CacheSubnetGroupName",
    naming=Naming(prefix="", lower=True),
    create=Call("create_cache_subnet_group", takes="name description subnetIds"),
    renamed={"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"},
    read=Lookup(
        "describe_cache_subnet_groups",
        members={"CacheSubnetGroupName": "id"},
        at="CacheSubnetGroups[0]",
        ignores="CacheSubnetGroupNotFoundFault CacheSubnetGroupNotFound",
    ),
    outputs={"arn": "ARN", "subnetIds": "Subnets[].SubnetIdentifier"},
    updates=(
        Update(
            "subnetIds description",
            Call("modify_cache_subnet_group", takes="subnetIds description", members={"CacheSubnetGroupName": "id"}),
            whole=True,
        ),
    ),
    defaults={"description": "Managed by Pulumi"},
    replaced_by="name",
    tagging=tagging.by_resource_name("ARN", answer="TagList"),
    delete=Call(
        "delete_cache_subnet_group",
        members={"CacheSubnetGroupName": "id"},
        ignores="CacheSubnetGroupNotFoundFault CacheSubnetGroupNotFound",
        retries="CacheSubnetGroupInUse",
    ),
)

PARAMETER_GROUP = Resource(
    type="aws:elasticache/parameterGroup:ParameterGroup",
    service="elasticache",
    identity="CacheParameterGroup.CacheParameterGroupName",
    naming=Naming(prefix="", lower=True),
    create=Call("create_cache_parameter_group", takes="name description family"),
    renamed={"family": "CacheParameterGroupFamily", "name": "CacheParameterGroupName"},
    read=Lookup(
        "describe_cache_parameter_groups",
        members={"CacheParameterGroupName": "id"},
        at="CacheParameterGroups[0]",
        ignores="CacheParameterGroupNotFound",
    ),
    also={
        "userParameters": Lookup(
            "describe_cache_parameters",
            members={"CacheParameterGroupName": "id", "Source": "'user'"},
            at="Parameters[?ParameterValue].{name: ParameterName, value: ParameterValue}",
        )
    },
    outputs={"arn": "ARN", "parameters": "userParameters"},
    updates=(
        Update(
            "parameters",
            Call(
                "reset_cache_parameter_group",
                members={
                    "CacheParameterGroupName": "id",
                    "ParameterNameValues": "minus_by(userParameters, parameters, 'name')[].{ParameterName: name,"
                    " ParameterValue: value}",
                },
            ),
            whole=True,
            only_if="minus_by(userParameters, parameters, 'name')",
        ),
        Update(
            "parameters",
            Call(
                "modify_cache_parameter_group",
                members={
                    "CacheParameterGroupName": "id",
                    "ParameterNameValues": "parameters[].{ParameterName: name, ParameterValue: value}",
                },
            ),
            whole=True,
            after_create=True,
            only_if="parameters",
        ),
    ),
    defaults={"description": "Managed by Pulumi"},
    replaced_by="name family description",
    tagging=tagging.by_resource_name("ARN", answer="TagList"),
    delete=Call(
        "delete_cache_parameter_group",
        members={"CacheParameterGroupName": "id"},
        ignores="CacheParameterGroupNotFound",
        retries="InvalidCacheParameterGroupState",
    ),
)

RESOURCES = (REPLICATION_GROUP, SUBNET_GROUP, PARAMETER_GROUP)
