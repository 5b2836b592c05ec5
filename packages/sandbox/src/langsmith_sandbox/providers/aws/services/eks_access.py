"""EKS: add-ons, access entries and their policies, Pod Identity."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Update, Wait
from langsmith_sandbox.providers.aws.services import tagging

_GONE = "ResourceNotFoundException"
_BUSY = "ResourceInUseException"

_ADDON = {"clusterName": "part(id, ':', `0`)", "addonName": "part(id, ':', `1`)"}

ADDON = Resource(
    type="aws:eks/addon:Addon",
    service="eks",
    identity="join(':', [clusterName, addonName])",
    create=Call(
        "create_addon",
        takes="clusterName addonName addonVersion configurationValues serviceAccountRoleArn",
        members={"resolveConflicts": "resolveConflictsOnCreate"},
    ),
    read=Lookup("describe_addon", members=_ADDON, at="addon", ignores=_GONE),
    outputs={"arn": "addonArn", "podIdentityAssociations": "`null`"},
    updates=(
        Update(
            "addonVersion configurationValues serviceAccountRoleArn",
            Call(
                "update_addon",
                takes="addonVersion configurationValues serviceAccountRoleArn",
                members={**_ADDON, "resolveConflicts": "resolveConflictsOnUpdate"},
                retries=_BUSY,
            ),
            empty={"configurationValues": "{}"},
        ),
    ),
    local="preserve resolveConflictsOnCreate resolveConflictsOnUpdate",
    computed="addonVersion configurationValues",
    volatile="modifiedAt",
    replaced_by="clusterName addonName",
    tagging=tagging.eks("addonArn"),
    ready=Wait(
        "status",
        ready="ACTIVE",
        failed="CREATE_FAILED DEGRADED DELETE_FAILED UPDATE_FAILED",
        reason="health.issues[0].message",
        seconds=1200,
    ),
    gone=Wait("status", failed="DELETE_FAILED", reason="health.issues[0].message", seconds=2400),
    delete=Call("delete_addon", members={**_ADDON, "preserve": "preserve"}, ignores=_GONE, retries=_BUSY),
)

_ENTRY = {"clusterName": "part(id, ':arn:', `0`)", "principalArn": "join('', ['arn:', part(id, ':arn:', `1`)])"}

ACCESS_ENTRY = Resource(
    type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    identity="join(':', [clusterName, principalArn])",
    create=Call("create_access_entry", takes="clusterName principalArn kubernetesGroups type userName"),
    renamed={"userName": "username"},
    read=Lookup("describe_access_entry", members=_ENTRY, at="accessEntry", ignores=_GONE),
    updates=(
        Update(
            "kubernetesGroups userName",
            Call("update_access_entry", takes="kubernetesGroups userName", members=_ENTRY),
            empty={"kubernetesGroups": []},
        ),
    ),
    defaults={"type": "STANDARD"},
    computed="kubernetesGroups userName",
    volatile="modifiedAt",
    replaced_by="clusterName principalArn type",
    tagging=tagging.eks("accessEntryArn"),
    delete=Call("delete_access_entry", members=_ENTRY, ignores=_GONE),
)

_POLICY_ID = "join('#', [clusterName, principalArn, policyArn])"

ACCESS_POLICY_ASSOCIATION = Resource(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    identity=_POLICY_ID,
    create=Call("associate_access_policy", takes="clusterName principalArn policyArn accessScope"),
    read=Lookup(
        "list_associated_access_policies",
        members={"clusterName": "part(id, '#', `0`)", "principalArn": "part(id, '#', `1`)"},
        at="having(associatedAccessPolicies, 'policyArn', part(id, '#', `2`))",
        ignores=_GONE,
    ),
    outputs={"clusterName": "part(id, '#', `0`)", "principalArn": "part(id, '#', `1`)"},
    replaced_by="*",
    delete=Call("disassociate_access_policy", takes="clusterName principalArn policyArn", ignores=_GONE),
)

_ASSOCIATION = {"clusterName": "clusterName", "associationId": "id"}

POD_IDENTITY_ASSOCIATION = Resource(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    identity="association.associationId",
    create=Call(
        "create_pod_identity_association",
        takes="clusterName namespace serviceAccount roleArn disableSessionTags targetRoleArn",
    ),
    read=Lookup("describe_pod_identity_association", members=_ASSOCIATION, at="association", ignores=_GONE),
    updates=(
        Update(
            "roleArn disableSessionTags targetRoleArn",
            Call(
                "update_pod_identity_association",
                takes="roleArn disableSessionTags targetRoleArn",
                members=_ASSOCIATION,
            ),
            empty={"disableSessionTags": False},
        ),
    ),
    computed="disableSessionTags",
    replaced_by="clusterName namespace serviceAccount",
    tagging=tagging.eks("associationArn"),
    delete=Call("delete_pod_identity_association", members=_ASSOCIATION, ignores=_GONE),
)

RESOURCES = (ADDON, ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION, POD_IDENTITY_ASSOCIATION)
