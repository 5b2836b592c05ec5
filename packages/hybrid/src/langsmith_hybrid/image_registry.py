"""Image registry: one ECR repository per agent, whose tags never change what they mean."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from langsmith_hybrid.component import Component

_UNTAGGED_DAYS = 14


@dataclasses.dataclass(frozen=True)
class ImageRegistryArgs:
    """What the registry is made from.

    Attributes:
        agents: Names of the agents; each gets a repository.
        key_arn: KMS key images are encrypted with; None for one of AWS's own.
        deletion_protection: Refuse to destroy a repository that holds images.
    """

    agents: Sequence[str]
    key_arn: pulumi.Input[str] | None
    deletion_protection: bool


class ImageRegistry(Component):
    """ECR repositories with immutable tags, scanned on push.

    Only untagged images expire: whatever runs was deployed by the digest of a tag, and a tag cannot move.

    Attributes:
        repositories: Agent name to repository URL.
        host: The registry's host, to log in to.
    """

    repositories: pulumi.Output[dict[str, str]]
    host: pulumi.Output[str]

    def __init__(self, name: str, args: ImageRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        repositories = {agent: self._repository(agent, args) for agent in args.agents}
        self.repositories = pulumi.Output.all(
            **{agent: repository.repository_url for agent, repository in repositories.items()}
        ).apply(dict)
        self.host = self.repositories.apply(lambda urls: next(iter(urls.values()), "").partition("/")[0])
        self.register_outputs({"repositories": self.repositories})

    def _repository(self, agent: str, args: ImageRegistryArgs) -> aws.ecr.Repository:
        repository = aws.ecr.Repository(
            agent,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(
                    encryption_type="AES256" if args.key_arn is None else "KMS", kms_key=args.key_arn
                )
            ],
            force_delete=not args.deletion_protection,
            opts=self.child(),
        )
        aws.ecr.LifecyclePolicy(agent, repository=repository.name, policy=_expire_untagged(), opts=self.child())
        return repository


def _expire_untagged() -> str:
    rule = {
        "rulePriority": 1,
        "description": f"Untagged for {_UNTAGGED_DAYS} days",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": _UNTAGGED_DAYS,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})
