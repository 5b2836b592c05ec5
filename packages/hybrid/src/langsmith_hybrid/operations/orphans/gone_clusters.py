"""What is named after a cluster of ours that does not exist any more, and mostly carries no tag of ours."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.orphans.found import RANDOM, Found, plain
from langsmith_hybrid.operations.orphans.tagged import interface, stands_alone

_NAMED_BY_CNI = "cluster.k8s.amazonaws.com/name"


class GoneClusters:
    """Clusters that were, of some configurations; what they left is asked for kind by kind. All raise as `Aws.each`.

    Args:
        aws: Where they were.
        prefixes: Every ``eksClusterName`` of those configurations.
    """

    def __init__(self, aws: Aws, prefixes: Sequence[str]) -> None:
        self._aws = aws
        self._prefixes = prefixes

    def log_groups(self) -> Iterator[Found]:
        """Control-plane logs: EKS writes once more after a cluster was deleted, and makes the group again for it."""
        for prefix in self._prefixes:
            listed = self._aws.each(
                "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=f"/aws/eks/{prefix}-"
            )
            for each in listed:
                if self._named(each["logGroupName"], "/aws/eks/", "/cluster"):
                    yield Found("logs:log-group", each["logGroupName"], each["arn"].removesuffix(":*"))

    def aliases(self) -> Iterator[Found]:
        """Aliases of KMS keys, as other programs make them for a cluster."""
        for each in self._aws.each("kms", "list_aliases", "Aliases"):
            name = each["AliasName"]
            bare = name.removeprefix("alias/eks/")
            if self._named(name, "alias/eks/") or (bare in self._prefixes and bare not in self._living):
                yield Found("kms:alias", name, each["AliasArn"])

    def security_groups(self) -> Iterator[Found]:
        """Groups EKS makes for its clusters, and takes away with them unless something is still in one."""
        filters = [{"Name": "group-name", "Values": [f"eks-cluster-sg-{prefix}-*" for prefix in self._prefixes]}]
        for each in self._aws.each("ec2", "describe_security_groups", "SecurityGroups", Filters=filters):
            if self._named(each["GroupName"], "eks-cluster-sg-", "-.+"):
                yield Found("ec2:security-group", each["GroupId"], "", plain(each.get("Tags")))

    def interfaces(self) -> Iterator[Found]:
        """Network interfaces the VPC CNI made for Pods and did not take away; they hold on to their subnet."""
        filters = [{"Name": f"tag:{_NAMED_BY_CNI}", "Values": [f"{prefix}-*" for prefix in self._prefixes]}]
        for each in self._aws.each("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=filters):
            found = interface(each)
            if stands_alone(each) and self._named(found.tags[_NAMED_BY_CNI]):
                yield found

    def _named(self, text: str, before: str = "", after: str = "") -> bool:
        """Whether a text names a cluster of ours that is gone; ``after`` is a pattern."""
        names = "|".join(map(re.escape, self._prefixes))
        match = re.fullmatch(f"{re.escape(before)}((?:{names}){RANDOM}){after}", text)
        return match is not None and match[1] not in self._living

    @functools.cached_property
    def _living(self) -> frozenset[str]:
        return frozenset(self._aws.each("eks", "list_clusters", "clusters"))
