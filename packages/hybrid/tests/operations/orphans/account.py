"""An AWS account, a workspace and a stack in which nothing is left, until a test puts something there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from operations.fakes import PROJECT, STACK, FakeAws, FakePulumi, workspace

from langsmith_control_plane.models import Deployment, Listener, SourceConfig
from langsmith_hybrid.component import STACK_TAG
from langsmith_hybrid.operations.orphans import Findings, Whose, search

TAG = f"{PROJECT}/{STACK}"
OF_US = {STACK_TAG: TAG}
OF_OTHERS = {STACK_TAG: f"{PROJECT}/staging"}
ACCOUNT = "111122223333"
CLUSTER = "agents-dev-1a2b3c4"
GONE = "agents-dev-0000000"

# Every list AWS is asked for, empty.
_LISTS: Mapping[tuple[str, str], str] = {
    ("resourcegroupstaggingapi", "get_resources"): "ResourceTagMappingList",
    ("ec2", "describe_network_interfaces"): "NetworkInterfaces",
    ("ec2", "describe_security_groups"): "SecurityGroups",
    ("ec2", "describe_instances"): "Reservations",
    ("iam", "list_roles"): "Roles",
    ("iam", "list_policies"): "Policies",
    ("rds", "describe_db_snapshots"): "DBSnapshots",
    ("rds", "describe_db_instances"): "DBInstances",
    ("elasticache", "describe_snapshots"): "Snapshots",
    ("elasticache", "describe_replication_groups"): "ReplicationGroups",
    ("eks", "list_clusters"): "clusters",
    ("logs", "describe_log_groups"): "logGroups",
    ("kms", "list_aliases"): "Aliases",
    ("route53", "list_resource_record_sets"): "ResourceRecordSets",
    ("secretsmanager", "list_secrets"): "SecretList",
}


def arn(service: str, resource: str) -> str:
    """An ARN of the account and region."""
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}"


def aws_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class EmptyAws(FakeAws):
    """An account with nothing in it."""

    def __init__(self) -> None:
        super().__init__({which: {member: []} for which, member in _LISTS.items()})
        self.answers["sts", "get_caller_identity"] = {"Account": ACCOUNT}

    def lists(self, service: str, operation: str, *items: Any) -> None:
        """Have a list hold these."""
        self.answers[service, operation] = {_LISTS[service, operation]: list(items)}

    def tags(self, *found: tuple[str, Mapping[str, str]]) -> None:
        """Have the tagging API list these ARNs with these tags."""
        listed = [{"ResourceARN": name, "Tags": aws_tags(tags)} for name, tags in found]
        self.lists("resourcegroupstaggingapi", "get_resources", *listed)


@dataclasses.dataclass
class Workspace:
    """What a workspace holds."""

    listeners: list[Listener] = dataclasses.field(default_factory=list)
    deployments: list[Deployment] = dataclasses.field(default_factory=list)

    def list_listeners(self) -> tuple[Listener, ...]:
        return tuple(self.listeners)

    def list_deployments(self) -> tuple[Deployment, ...]:
        return tuple(self.deployments)

    def deploy(self, name: str, listener_id: str | None, status: str = "READY") -> None:
        """Have a deployment on a listener."""
        self.deployments.append(
            Deployment(f"id-of-{name}", name, "", status, "external_docker", SourceConfig(listener_id=listener_id))
        )


class World:
    """All of it, and the search in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aws = EmptyAws()
        self.pulumi = FakePulumi()
        self.workspace = Workspace()

    def whose(self) -> Whose:
        """The one stack there is."""
        return Whose.one(self.pulumi.stack(self.folder))

    def search(self) -> Findings:
        """What is left of it."""
        return search(self.whose(), self.aws, lambda _config: workspace(self.workspace))

    def left(self) -> list[str]:
        """Ids of what is left, after a search that saw everything."""
        found = self.search()
        assert [each.error.what for each in found.unseen] == [], "everything was to be looked at"
        return [each.id for each in found.left]

    def hold_cluster(self) -> None:
        """Have the state hold an EKS cluster."""
        self.pulumi.hold("aws:eks/cluster:Cluster", "cluster", CLUSTER, arn=arn("eks", f"cluster/{CLUSTER}"))
        self.aws.lists("eks", "list_clusters", CLUSTER)
