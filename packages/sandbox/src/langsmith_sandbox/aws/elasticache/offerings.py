"""DescribeReservedCacheNodesOfferings: the one place where ElastiCache says which node types a region has."""

from __future__ import annotations

import uuid

from moto.core.responses import ActionResult

from langsmith_sandbox.aws.elasticache.handler import CacheHandler
from langsmith_sandbox.aws.machine_types import CACHE_FAMILIES, zones_with

_YEAR = 31536000  # seconds
_ENGINES = ("memcached", "redis", "valkey")


class OfferingOperations(CacheHandler):
    """One node type at a time."""

    def describe_reserved_cache_nodes_offerings(self) -> ActionResult:
        wanted = self.param("CacheNodeType")
        if not wanted:
            raise NotImplementedError("DescribeReservedCacheNodesOfferings: name a node type")
        listed = [
            {
                "ReservedCacheNodesOfferingId": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{wanted}/{engine}")),
                "CacheNodeType": wanted,
                "Duration": _YEAR,
                "ProductDescription": engine,
                "OfferingType": "No Upfront",
            }
            for engine in _ENGINES
            if self.param("ProductDescription") in {None, engine}
        ]
        offered = zones_with(wanted, "cache", CACHE_FAMILIES, self.region)
        return ActionResult({"ReservedCacheNodesOfferings": listed if offered else []})
