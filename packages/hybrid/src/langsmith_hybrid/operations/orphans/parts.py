"""What is only a part of something else: it is never there without that, and goes with it."""

from __future__ import annotations

from langsmith_hybrid.operations.orphans.found import Found

_OF_CLUSTERS = frozenset({"eks:access-entry", "eks:addon", "eks:podidentityassociation"})
_OF_LOAD_BALANCERS = frozenset({"elasticloadbalancing:listener", "elasticloadbalancing:listener-rule"})
_LOAD_BALANCER_SEGMENTS = 3  # as in app/NAME/HASH


def whole_of(part: Found) -> Found | None:
    """What something is a part of; None if it is something itself."""
    if part.type in _OF_CLUSTERS:
        return Found("eks:cluster", part.id.partition("/")[0], "")
    if part.type in _OF_LOAD_BALANCERS:
        whole = "/".join(part.id.split("/")[:_LOAD_BALANCER_SEGMENTS])
        before = part.arn.partition(":listener")[0]
        return Found("elasticloadbalancing:loadbalancer", whole, f"{before}:loadbalancer/{whole}")
    if part.type == "elasticache:cluster":
        return Found("elasticache:replicationgroup", part.id.rpartition("-")[0], "")
    return None
