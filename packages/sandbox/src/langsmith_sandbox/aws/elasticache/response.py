"""The ElastiCache API, as much of it as is offered, in one handler."""

from __future__ import annotations

from moto.core.responses import ActionResult

from langsmith_sandbox.aws.elasticache.groups import ParameterGroupOperations, SubnetGroupOperations
from langsmith_sandbox.aws.elasticache.offerings import OfferingOperations
from langsmith_sandbox.aws.elasticache.replication_groups import ReplicationGroupOperations
from langsmith_sandbox.aws.errors import AwsError


class ElastiCacheResponse(
    ParameterGroupOperations, SubnetGroupOperations, ReplicationGroupOperations, OfferingOperations
):
    """Handles one ElastiCache request. Replaces moto's, whose groups neither end deleting nor know each other."""

    def list_tags_for_resource(self) -> ActionResult:
        return self._tag_list(self._tags())

    def add_tags_to_resource(self) -> ActionResult:
        tags = self._tags()
        tags.update({tag["Key"]: tag.get("Value", "") for tag in self.param("Tags", [])})
        return self._tag_list(tags)

    def remove_tags_from_resource(self) -> ActionResult:
        tags = self._tags()
        for key in self.param("TagKeys", []):
            tags.pop(key, None)
        return self._tag_list(tags)

    def _tags(self) -> dict[str, str]:
        """The live tags of the named resource. A node's are its replication group's."""
        arn = self.param("ResourceName")
        for group in self.state.replication_groups.values():
            if arn.rpartition(":")[2] in group.members:
                arn = group.arn
        found = self.state.tags.get(arn)
        if found is None:
            raise AwsError("InvalidARN", f"ARN {arn} does not name an existing resource.")
        return found

    def _tag_list(self, tags: dict[str, str]) -> ActionResult:
        return ActionResult({"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]})
