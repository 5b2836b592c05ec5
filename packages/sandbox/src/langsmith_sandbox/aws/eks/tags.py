"""Tags of everything EKS owns."""

from __future__ import annotations

from collections.abc import Iterator

from moto.core.responses import ActionResult, EmptyResult
from moto.eks.models import EKSBackend

from langsmith_sandbox.aws.eks.handler import EksHandler
from langsmith_sandbox.aws.eks.state import Tags, clusters_of, not_found


class TagOperations(EksHandler):
    """TagResource, UntagResource, ListTagsForResource."""

    def tag_resource(self) -> ActionResult:
        self._tags().update(self.param("tags"))
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        tags = self._tags()
        for key in self.param("tagKeys", []):
            tags.pop(key, None)
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        return ActionResult({"tags": self._tags()})

    def _tags(self) -> Tags:
        wanted = self.param("resourceArn")
        for _, arn, tags in tagged(self.backend):
            if arn == wanted:
                return tags
        raise not_found(f"Resource not found: {wanted}")


def tagged(backend: EKSBackend) -> Iterator[tuple[str, str, Tags]]:
    """Everything with an ARN: resource type as the tagging API names it, ARN, and the live tags."""
    for cluster in clusters_of(backend).values():
        yield "eks:cluster", cluster.arn, cluster.tags
        for group in cluster.node_groups.values():
            yield "eks:nodegroup", group.arn, group.tags
        for addon in cluster.addons.values():
            yield "eks:addon", addon.arn, addon.tags
        for entry in cluster.access_entries.values():
            yield "eks:access-entry", entry.arn, entry.tags
        for association in cluster.associations.values():
            yield "eks:podidentityassociation", association.arn, association.tags
