"""CloudWatch Logs: log groups."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.expressions import arn, joined
from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Update
from langsmith_sandbox.providers.aws.services import tagging

LOG_GROUP = Resource(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    identity="name",
    naming=Naming(longest=512),
    create=Call("create_log_group", takes="name kmsKeyId logGroupClass"),
    renamed={"name": "logGroupName"},
    read=Lookup(
        "describe_log_groups",
        members={"logGroupNamePrefix": "id"},
        at="having(logGroups, 'logGroupName', id)",
        ignores="ResourceNotFoundException",
    ),
    outputs={"arn": arn("logs", joined("'log-group:'", "id"))},
    updates=(
        Update(
            "retentionInDays",
            Call("put_retention_policy", takes="retentionInDays", members={"logGroupName": "id"}),
            after_create=True,
            whole=True,
            only_if="retentionInDays",
        ),
        Update(
            "retentionInDays",
            Call("delete_retention_policy", members={"logGroupName": "id"}),
            whole=True,
            only_if="!retentionInDays",
        ),
        Update(
            "kmsKeyId",
            Call("associate_kms_key", takes="kmsKeyId", members={"logGroupName": "id"}),
            whole=True,
            only_if="kmsKeyId",
        ),
        Update(
            "kmsKeyId",
            Call("disassociate_kms_key", members={"logGroupName": "id"}),
            whole=True,
            only_if="!kmsKeyId",
        ),
    ),
    local="skipDestroy",
    defaults={"retentionInDays": 0},
    computed="logGroupClass",
    replaced_by="name namePrefix logGroupClass",
    tagging=tagging.LOG_GROUP,
    delete=Call("delete_log_group", members={"logGroupName": "id"}, ignores="ResourceNotFoundException"),
)

RESOURCES = (LOG_GROUP,)
