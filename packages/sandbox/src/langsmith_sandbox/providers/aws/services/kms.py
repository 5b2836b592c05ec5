"""KMS: keys. Deleting one only schedules it; AWS removes it after the waiting period."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Resource, Update, Wait
from langsmith_sandbox.providers.aws.services import tagging

_KEY = {"KeyId": "id"}

KEY = Resource(
    type="aws:kms/key:Key",
    service="kms",
    identity="KeyMetadata.KeyId",
    create=Call(
        "create_key",
        takes="description keyUsage customerMasterKeySpec multiRegion policy",
        members={"BypassPolicyLockoutSafetyCheck": "bypassPolicyLockoutSafetyCheck"},
    ),
    renamed={"customerMasterKeySpec": "KeySpec"},
    read=Lookup(
        "describe_key",
        members=_KEY,
        at="KeyMetadata.KeyState != 'PendingDeletion' && KeyMetadata || `null`",
        ignores="NotFoundException",
    ),
    also={
        "Policy": Lookup("get_key_policy", members={**_KEY, "PolicyName": "'default'"}, at="Policy"),
        "Rotation": Lookup("get_key_rotation_status", members=_KEY, ignores="UnsupportedOperationException"),
    },
    outputs={
        "enableKeyRotation": "Rotation.KeyRotationEnabled",
        "isEnabled": "Enabled",
        "rotationPeriodInDays": "Rotation.KeyRotationEnabled && Rotation.RotationPeriodInDays || `null`",
    },
    updates=(
        Update(
            "description", Call("update_key_description", takes="description", members=_KEY), empty={"description": ""}
        ),
        Update(
            "policy",
            Call("put_key_policy", takes="policy", members={**_KEY, "PolicyName": "'default'"}),
        ),
        Update(
            "enableKeyRotation rotationPeriodInDays",
            Call("enable_key_rotation", takes="rotationPeriodInDays", members=_KEY),
            whole=True,
            after_create=True,
            only_if="enableKeyRotation",
        ),
        Update(
            "enableKeyRotation",
            Call("disable_key_rotation", members=_KEY),
            whole=True,
            only_if="!enableKeyRotation",
        ),
        Update("isEnabled", Call("enable_key", members=_KEY), whole=True, only_if="isEnabled"),
        Update("isEnabled", Call("disable_key", members=_KEY), whole=True, after_create=True, only_if="!isEnabled"),
    ),
    documents="policy",
    local="bypassPolicyLockoutSafetyCheck deletionWindowInDays",
    defaults={
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    },
    computed="description multiRegion policy rotationPeriodInDays",
    replaced_by="customerMasterKeySpec keyUsage multiRegion",
    tagging=tagging.KMS_KEY,
    ready=Wait("KeyState", ready="Enabled Disabled", failed="Unavailable"),
    delete=Call(
        "schedule_key_deletion",
        members={**_KEY, "PendingWindowInDays": "deletionWindowInDays || `30`"},
        ignores="NotFoundException KMSInvalidStateException",
    ),
)

RESOURCES = (KEY,)
