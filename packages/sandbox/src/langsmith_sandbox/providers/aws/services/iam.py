"""IAM: roles, their inline policies and attachments, and managed policies."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Step, Update
from langsmith_sandbox.providers.aws.services import tagging

_GONE = "NoSuchEntity"

ROLE = Resource(
    type="aws:iam/role:Role",
    service="iam",
    identity="Role.RoleName",
    naming=Naming(longest=64),
    create=Call(
        "create_role",
        takes="name path assumeRolePolicy description maxSessionDuration permissionsBoundary",
    ),
    renamed={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    read=Lookup("get_role", members={"RoleName": "id"}, at="Role", ignores=_GONE),
    also={
        "attached": Lookup(
            "list_attached_role_policies", members={"RoleName": "id"}, at="AttachedPolicies[].PolicyArn"
        ),
        "inline": Lookup("list_role_policies", members={"RoleName": "id"}, at="PolicyNames"),
    },
    outputs={
        "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
        "uniqueId": "RoleId",
        "managedPolicyArns": "attached",
    },
    updates=(
        Update(
            "assumeRolePolicy",
            Call("update_assume_role_policy", members={"RoleName": "id", "PolicyDocument": "assumeRolePolicy"}),
        ),
        Update(
            "description maxSessionDuration",
            Call("update_role", takes="description maxSessionDuration", members={"RoleName": "id"}),
            whole=True,
            empty={"description": "", "maxSessionDuration": 3600},
        ),
        Update(
            "permissionsBoundary",
            Call("put_role_permissions_boundary", takes="permissionsBoundary", members={"RoleName": "id"}),
        ),
    ),
    local="forceDetachPolicies",
    before_delete=(
        Step(
            Call("detach_role_policy", members={"RoleName": "id", "PolicyArn": "each"}, ignores=_GONE),
            when="forceDetachPolicies",
            each="attached",
        ),
        Step(
            Call("delete_role_policy", members={"RoleName": "id", "PolicyName": "each"}, ignores=_GONE),
            when="forceDetachPolicies",
            each="inline",
        ),
    ),
    defaults={"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False},
    replaced_by="name namePrefix path",
    tagging=tagging.iam("role", RoleName="id"),
    delete=Call("delete_role", members={"RoleName": "id"}, ignores=_GONE),
)

ROLE_POLICY = Resource(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    identity="join(':', [role, name])",
    naming=Naming(longest=128),
    create=Call("put_role_policy", takes="policy", members={"RoleName": "role", "PolicyName": "name"}),
    renamed={"policy": "PolicyDocument", "role": "RoleName", "name": "PolicyName"},
    read=Lookup(
        "get_role_policy",
        members={"RoleName": "part(id, ':', `0`)", "PolicyName": "part(id, ':', `1`)"},
        ignores=_GONE,
    ),
    updates=(
        Update(
            "policy role",
            Call("put_role_policy", takes="policy", members={"RoleName": "role", "PolicyName": "name"}),
        ),
    ),
    replaced_by="name namePrefix role",
    delete=Call("delete_role_policy", members={"RoleName": "RoleName", "PolicyName": "PolicyName"}, ignores=_GONE),
)

ROLE_POLICY_ATTACHMENT = Resource(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    identity="join('/', [role, policyArn])",
    create=Call("attach_role_policy", takes="role policyArn"),
    renamed={"role": "RoleName"},
    read=Lookup(
        "list_attached_role_policies",
        members={"RoleName": "part(id, '/arn:', `0`)"},
        at="having(AttachedPolicies, 'PolicyArn', join('', ['arn:', part(id, '/arn:', `1`)]))",
        ignores=_GONE,
    ),
    outputs={"role": "part(id, '/arn:', `0`)"},
    delete=Call("detach_role_policy", takes="role policyArn", ignores=_GONE),
    replaced_by="*",
)

POLICY = Resource(
    type="aws:iam/policy:Policy",
    service="iam",
    identity="Policy.Arn",
    naming=Naming(longest=128),
    create=Call("create_policy", takes="name path policy description"),
    renamed={"name": "PolicyName", "policy": "PolicyDocument"},
    read=Lookup("get_policy", members={"PolicyArn": "id"}, at="Policy", ignores=_GONE),
    also={
        "document": Lookup(
            "get_policy_version",
            members={"PolicyArn": "id", "VersionId": "DefaultVersionId"},
            at="PolicyVersion.Document",
        ),
        "old_versions": Lookup(
            "list_policy_versions",
            members={"PolicyArn": "id"},
            at="Versions[?!IsDefaultVersion].VersionId",
        ),
    },
    outputs={"policy": "document"},
    updates=(
        Update(
            "policy",
            Call("delete_policy_version", members={"PolicyArn": "id", "VersionId": "old_versions[-1]"}),
            only_if="length(old_versions) >= `4`",
            whole=True,
        ),
        Update(
            "policy",
            Call("create_policy_version", takes="policy", members={"PolicyArn": "id", "SetAsDefault": "`true`"}),
        ),
    ),
    defaults={"path": "/"},
    replaced_by="name namePrefix path description",
    tagging=tagging.iam("policy", PolicyArn="id"),
    before_delete=(
        Step(Call("delete_policy_version", members={"PolicyArn": "id", "VersionId": "each"}), each="old_versions"),
    ),
    delete=Call("delete_policy", members={"PolicyArn": "id"}, ignores=_GONE),
)

RESOURCES = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, POLICY)
