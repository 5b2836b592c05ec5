"""EKS: clusters and node groups. Add-ons and access are in ``eks_access``."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Update, Wait
from langsmith_sandbox.providers.aws.services import eks_access, tagging

_GONE = "ResourceNotFoundException"
_BUSY = "ResourceInUseException"
_CLUSTER = {"name": "id"}


def _other_items(name: str) -> str:
    """A condition: the list is given, and holds other items than the cluster has."""
    wanted, present = f"vpcConfig.{name}", f"resourcesVpcConfig.{name}"
    return f"({wanted} && (minus({wanted}, {present}) || minus({present}, {wanted})))"


def _other_value(name: str) -> str:
    """A condition: the value is given, and is not what the cluster has."""
    return f"(vpcConfig.{name} != `null` && vpcConfig.{name} != resourcesVpcConfig.{name})"


CLUSTER = Resource(
    type="aws:eks/cluster:Cluster",
    service="eks",
    identity="name",
    naming=Naming(prefix="", longest=100),
    create=Call(
        "create_cluster",
        takes="name version roleArn vpcConfig accessConfig encryptionConfig kubernetesNetworkConfig upgradePolicy"
        " zonalShiftConfig deletionProtection",
        members={
            "bootstrapSelfManagedAddons": "bootstrapSelfManagedAddons",
            "logging": "enabledClusterLogTypes"
            " && {clusterLogging: [{types: enabledClusterLogTypes, enabled: `true`}]} || `null`",
        },
    ),
    renamed={"vpcConfig": "resourcesVpcConfig"},
    read=Lookup("describe_cluster", members=_CLUSTER, at="cluster", ignores=_GONE),
    outputs={
        "clusterId": "id",
        "enabledClusterLogTypes": "logging.clusterLogging[?enabled].types[]",
        "identities": "identity.oidc && [{oidcs: [{issuer: identity.oidc.issuer}]}]",
    },
    updates=(
        Update("version", Call("update_cluster_version", takes="version", members=_CLUSTER, retries=_BUSY)),
        # EKS takes one kind of change at a time: where the control plane is, then who reaches it.
        Update(
            "vpcConfig",
            Call(
                "update_cluster_config",
                members={
                    **_CLUSTER,
                    "resourcesVpcConfig": "{subnetIds: vpcConfig.subnetIds,"
                    " securityGroupIds: vpcConfig.securityGroupIds || `[]`}",
                },
                retries=_BUSY,
            ),
            whole=True,
            only_if=f"{_other_items('subnetIds')} || {_other_items('securityGroupIds')}",
        ),
        Update(
            "vpcConfig",
            Call(
                "update_cluster_config",
                members={
                    **_CLUSTER,
                    "resourcesVpcConfig": "{endpointPublicAccess: vpcConfig.endpointPublicAccess,"
                    " endpointPrivateAccess: vpcConfig.endpointPrivateAccess,"
                    " publicAccessCidrs: vpcConfig.publicAccessCidrs}",
                },
                retries=_BUSY,
            ),
            whole=True,
            only_if=f"{_other_value('endpointPublicAccess')} || {_other_value('endpointPrivateAccess')}"
            f" || {_other_items('publicAccessCidrs')}",
        ),
        Update(
            "enabledClusterLogTypes",
            Call(
                "update_cluster_config",
                members={
                    **_CLUSTER,
                    "logging": "{clusterLogging: [{types: enabledClusterLogTypes || `[]`, enabled: `true`},"
                    " {types: minus(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],"
                    " enabledClusterLogTypes) || `[]`, enabled: `false`}]}",
                },
                retries=_BUSY,
            ),
            whole=True,
        ),
        Update(
            "accessConfig",
            Call(
                "update_cluster_config",
                members={**_CLUSTER, "accessConfig": "{authenticationMode: accessConfig.authenticationMode}"},
                retries=_BUSY,
            ),
            whole=True,
        ),
        Update(
            "upgradePolicy",
            Call("update_cluster_config", takes="upgradePolicy", members=_CLUSTER, retries=_BUSY),
        ),
        Update(
            "zonalShiftConfig",
            Call("update_cluster_config", takes="zonalShiftConfig", members=_CLUSTER, retries=_BUSY),
        ),
        Update(
            "deletionProtection",
            Call("update_cluster_config", takes="deletionProtection", members=_CLUSTER, retries=_BUSY),
            empty={"deletionProtection": False},
        ),
    ),
    used="bootstrapSelfManagedAddons enabledClusterLogTypes",
    write_only="bootstrapSelfManagedAddons",
    defaults={"bootstrapSelfManagedAddons": True},
    computed="accessConfig kubernetesNetworkConfig upgradePolicy version deletionProtection zonalShiftConfig"
    " bootstrapSelfManagedAddons",
    volatile="platformVersion",
    replaced_by="name roleArn encryptionConfig kubernetesNetworkConfig"
    " accessConfig.bootstrapClusterCreatorAdminPermissions bootstrapSelfManagedAddons",
    tagging=tagging.eks("arn"),
    ready=Wait("status", ready="ACTIVE", failed="FAILED DELETING", reason="health.issues[0].message", seconds=1800),
    gone=Wait("status", failed="FAILED", reason="health.issues[0].message", seconds=900),
    delete=Call("delete_cluster", members=_CLUSTER, ignores=_GONE, retries=_BUSY),
)

_NODE_GROUP = {"clusterName": "part(id, ':', `0`)", "nodegroupName": "part(id, ':', `1`)"}

NODE_GROUP = Resource(
    type="aws:eks/nodeGroup:NodeGroup",
    service="eks",
    identity="join(':', [clusterName, nodeGroupName])",
    naming=Naming(property="nodeGroupName", prefix="nodeGroupNamePrefix", longest=63),
    create=Call(
        "create_nodegroup",
        takes="clusterName nodeGroupName nodeRoleArn subnetIds scalingConfig amiType capacityType diskSize"
        " instanceTypes labels launchTemplate nodeRepairConfig releaseVersion taints updateConfig version",
    ),
    renamed={"nodeRoleArn": "nodeRole", "subnetIds": "subnets"},
    read=Lookup("describe_nodegroup", members=_NODE_GROUP, at="nodegroup", ignores=_GONE),
    outputs={
        "arn": "nodegroupArn",
        "resources": "resources && [{autoscalingGroups: resources.autoScalingGroups,"
        " remoteAccessSecurityGroupId: resources.remoteAccessSecurityGroup}]",
    },
    updates=(
        Update(
            "version releaseVersion launchTemplate",
            Call(
                "update_nodegroup_version",
                takes="version releaseVersion launchTemplate",
                members={**_NODE_GROUP, "force": "forceUpdateVersion"},
                retries=_BUSY,
            ),
        ),
        Update(
            "scalingConfig updateConfig nodeRepairConfig",
            Call(
                "update_nodegroup_config",
                takes="scalingConfig updateConfig nodeRepairConfig",
                members=_NODE_GROUP,
                retries=_BUSY,
            ),
        ),
        Update(
            "labels",
            Call(
                "update_nodegroup_config",
                members={
                    **_NODE_GROUP,
                    "labels": "{addOrUpdateLabels: labels,"
                    " removeLabels: minus(keys(now.labels || `{}`), keys(labels || `{}`))}",
                },
                retries=_BUSY,
            ),
            whole=True,
        ),
        Update(
            "taints",
            Call(
                "update_nodegroup_config",
                members={
                    **_NODE_GROUP,
                    "taints": "{addOrUpdateTaints: minus(taints, now.taints), removeTaints: minus(now.taints, taints)}",
                },
                retries=_BUSY,
            ),
            whole=True,
        ),
    ),
    local="forceUpdateVersion",
    computed="amiType capacityType diskSize instanceTypes releaseVersion updateConfig version launchTemplate"
    " nodeRepairConfig",
    volatile="releaseVersion",
    replaced_by="clusterName nodeGroupName nodeGroupNamePrefix nodeRoleArn subnetIds amiType capacityType diskSize"
    " instanceTypes launchTemplate.id launchTemplate.name",
    tagging=tagging.eks("nodegroupArn"),
    ready=Wait(
        "status",
        ready="ACTIVE",
        failed="CREATE_FAILED DELETE_FAILED DEGRADED",
        reason="health.issues[0].message",
        seconds=3600,
    ),
    gone=Wait("status", failed="DELETE_FAILED", reason="health.issues[0].message", seconds=3600),
    delete=Call("delete_nodegroup", members=_NODE_GROUP, ignores=_GONE, retries=_BUSY),
)

RESOURCES = (CLUSTER, NODE_GROUP, *eks_access.RESOURCES)
