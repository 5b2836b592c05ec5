"""The rule itself: how it is written, and how it is known again."""

from __future__ import annotations

import dataclasses
from typing import Any

from langsmith_firewall.services.web_acl import Rule
from langsmith_firewall.sources import DEFAULT_OWNER

_LONGEST_NAME = 128


@dataclasses.dataclass(frozen=True)
class AllowRule:
    """A rule that allows what comes from an IP set.

    Attributes:
        ip_set_name: The set's name.
        ip_set_arn: The set.
        priority: Its place among the rules, lowest first; None puts it behind all others, so that it overrules none.
    """

    ip_set_name: str
    ip_set_arn: str
    priority: int | None = None

    @property
    def name(self) -> str:
        """A rule keeps no comment: its name says whose it is. One a set, as a web ACL holds no name twice."""
        return f"{DEFAULT_OWNER}-{self.ip_set_name}"[:_LONGEST_NAME]

    def written(self, priority: int) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "Name": self.name,
            "Priority": priority,
            "Statement": {"IPSetReferenceStatement": {"ARN": self.ip_set_arn}},
            "Action": {"Allow": {}},
            "VisibilityConfig": {
                "SampledRequestsEnabled": True,
                "CloudWatchMetricsEnabled": True,
                "MetricName": self.name,
            },
        }

    def is_like(self, found: Rule) -> bool:
        """Whether a rule does what this one does, at its place where that matters."""
        same = all(found.get(part) == self.written(0)[part] for part in ("Name", "Statement", "Action"))
        return same and self.priority in {None, found["Priority"]}
