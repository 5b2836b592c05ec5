"""EC2: launch templates. An update makes a new version; older ones stay."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Update
from langsmith_sandbox.providers.aws.services import tagging

_DATA = (
    "blockDeviceMappings cpuOptions creditSpecification disableApiTermination ebsOptimized iamInstanceProfile imageId"
    " instanceInitiatedShutdownBehavior instanceType keyName metadataOptions monitoring networkInterfaces placement"
    " tagSpecifications userData vpcSecurityGroupIds"
)
_RENAMED = {"vpcSecurityGroupIds": "SecurityGroupIds"}
_LAUNCH_TEMPLATE_DATA = "{" + ", ".join(f"{_RENAMED.get(name, name)}: {name}" for name in _DATA.split()) + "}"
_NEWEST = "to_string(LaunchTemplateVersion.VersionNumber || LatestVersionNumber)"

LAUNCH_TEMPLATE = Resource(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    identity="LaunchTemplate.LaunchTemplateId",
    naming=Naming(longest=128),
    create=Call(
        "create_launch_template",
        takes="name description",
        members={"LaunchTemplateData": _LAUNCH_TEMPLATE_DATA},
    ),
    renamed={"name": "LaunchTemplateName", "description": "VersionDescription", **_RENAMED},
    read=Lookup(
        "describe_launch_templates",
        members={"LaunchTemplateIds": "[id]"},
        at="LaunchTemplates[0]",
        ignores="InvalidLaunchTemplateId.NotFound",
    ),
    also={
        "": Lookup(
            "describe_launch_template_versions",
            members={"LaunchTemplateId": "id", "Versions": "['$Latest']"},
            at="merge({VersionDescription: LaunchTemplateVersions[0].VersionDescription},"
            " LaunchTemplateVersions[0].LaunchTemplateData)",
        )
    },
    outputs={
        "arn": arn("ec2", joined("'launch-template/'", "id")),
        "defaultVersion": "DefaultVersionNumber",
        "latestVersion": "LatestVersionNumber",
        "tagSpecifications": "TagSpecifications[?ResourceType != 'launch-template']",
    },
    updates=(
        Update(
            f"description {_DATA}",
            Call(
                "create_launch_template_version",
                takes="description",
                members={"LaunchTemplateId": "id", "LaunchTemplateData": _LAUNCH_TEMPLATE_DATA},
            ),
            whole=True,
        ),
        Update(
            f"description updateDefaultVersion {_DATA}",
            Call("modify_launch_template", members={"LaunchTemplateId": "id", "DefaultVersion": _NEWEST}),
            whole=True,
            only_if="updateDefaultVersion",
        ),
    ),
    used=_DATA,
    local="updateDefaultVersion",
    volatile="latestVersion defaultVersion",
    replaced_by="name namePrefix",
    tagging=tagging.ec2("launch-template"),
    delete=Call(
        "delete_launch_template", members={"LaunchTemplateId": "id"}, ignores="InvalidLaunchTemplateId.NotFound"
    ),
)

RESOURCES = (LAUNCH_TEMPLATE,)
