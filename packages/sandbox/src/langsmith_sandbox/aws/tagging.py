"""Resource Groups Tagging API: GetResources over everything, so that a sweep by tag proves something.

Like AWS's it does not list IAM roles, users and groups.
"""

from __future__ import annotations

from typing import Any

from moto.core.resource_tagging import make_tag_matcher, match_resource_type
from moto.core.responses import ActionResult
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

from langsmith_sandbox.aws import inventory
from langsmith_sandbox.aws.errors import AwsError

_PAGE = 100


class TaggingResponse(ResourceGroupsTaggingAPIResponse):
    """Handles one request of the tagging API; moto's own knows about half of the types."""

    def get_resources(self) -> ActionResult:
        found = self._matching()
        start, size = self._start(len(found)), int(self._get_param("ResourcesPerPage") or _PAGE)
        page, rest = found[start : start + size], found[start + size :]
        return ActionResult({
            "ResourceTagMappingList": [
                {"ResourceARN": resource.arn, "Tags": _list(resource.tags)} for resource in page
            ],
            "PaginationToken": str(start + size) if rest else "",
        })  # fmt: skip

    def get_tag_keys(self) -> ActionResult:
        keys = {key for resource in self._listed() for key in resource.tags}
        return ActionResult({"TagKeys": sorted(keys), "PaginationToken": ""})

    def get_tag_values(self) -> ActionResult:
        key = self._get_param("Key")
        values = {resource.tags[key] for resource in self._listed() if key in resource.tags}
        return ActionResult({"TagValues": sorted(values), "PaginationToken": ""})

    def _listed(self) -> list[inventory.Resource]:
        everything = inventory.walk(self.current_account, self.region)
        return [resource for resource in everything if resource.arn and resource.tags]

    def _matching(self) -> list[inventory.Resource]:
        by_tag = make_tag_matcher(self._get_param("TagFilters"))
        types, arns = self._get_param("ResourceTypeFilters"), self._get_param("ResourceARNList")
        return [
            resource
            for resource in self._listed()
            if by_tag(resource.tags)
            and match_resource_type(resource.type, types)
            and (not arns or resource.arn in arns)
        ]

    def _start(self, length: int) -> int:
        token = self._get_param("PaginationToken") or "0"
        if not token.isdigit() or int(token) > length:
            raise AwsError("PaginationTokenExpiredException", "The specified pagination token has expired.")
        return int(token)


def _list(tags: dict[str, str]) -> list[dict[str, Any]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
