"""ECR: image repositories and their life-cycle policies."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.resource import Call, Lookup, Naming, Resource, Update
from langsmith_sandbox.providers.aws.services import tagging

_GONE = "RepositoryNotFoundException"
_REPOSITORY = {"repositoryName": "id"}

REPOSITORY = Resource(
    type="aws:ecr/repository:Repository",
    service="ecr",
    identity="name",
    naming=Naming(prefix="", longest=256, lower=True),
    create=Call(
        "create_repository",
        takes="name imageTagMutability imageScanningConfiguration encryptionConfigurations",
    ),
    renamed={"name": "repositoryName", "encryptionConfigurations": "encryptionConfiguration"},
    read=Lookup("describe_repositories", members={"repositoryNames": "[id]"}, at="repositories[0]", ignores=_GONE),
    outputs={"arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
    updates=(
        Update(
            "imageTagMutability",
            Call("put_image_tag_mutability", takes="imageTagMutability", members=_REPOSITORY),
        ),
        Update(
            "imageScanningConfiguration",
            Call("put_image_scanning_configuration", takes="imageScanningConfiguration", members=_REPOSITORY),
            empty={"imageScanningConfiguration": {"scanOnPush": False}},
        ),
    ),
    local="forceDelete",
    defaults={"imageTagMutability": "MUTABLE", "forceDelete": False},
    computed="encryptionConfigurations",
    replaced_by="name encryptionConfigurations",
    tagging=tagging.ECR_REPOSITORY,
    delete=Call("delete_repository", members={**_REPOSITORY, "force": "forceDelete"}, ignores=_GONE),
)

_PUT_POLICY = Call("put_lifecycle_policy", members={"repositoryName": "repository", "lifecyclePolicyText": "policy"})

LIFECYCLE_POLICY = Resource(
    type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
    service="ecr",
    identity="repository",
    create=_PUT_POLICY,
    used="repository policy",
    renamed={"policy": "lifecyclePolicyText", "repository": "repositoryName"},
    read=Lookup("get_lifecycle_policy", members=_REPOSITORY, ignores=f"{_GONE} LifecyclePolicyNotFoundException"),
    updates=(Update("policy", _PUT_POLICY, whole=True),),
    replaced_by="repository",
    delete=Call("delete_lifecycle_policy", members=_REPOSITORY, ignores=f"{_GONE} LifecyclePolicyNotFoundException"),
)

RESOURCES = (REPOSITORY, LIFECYCLE_POLICY)
