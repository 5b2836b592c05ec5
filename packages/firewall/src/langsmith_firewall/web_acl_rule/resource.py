"""The rule as a resource of a Pulumi program."""

from __future__ import annotations

import pulumi
from pulumi.dynamic import Resource

from langsmith_firewall.web_acl_rule.provider import RuleProvider


class WebAclRule(Resource, module="firewall", name="WebAclRule"):
    """Keeps the rule in a web ACL. `WafIpSetEntries` declares it; programs use that."""

    def __init__(
        self,
        name: str,
        *,
        web_acl_arn: pulumi.Input[str],
        ip_set_name: pulumi.Input[str],
        ip_set_id: pulumi.Input[str],
        scope: pulumi.Input[str],
        priority: pulumi.Input[int | str] | None = None,
        close_open: pulumi.Input[bool] = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "web_acl_arn": web_acl_arn,
            "ip_set_name": ip_set_name,
            "ip_set_id": ip_set_id,
            "scope": scope,
            "priority": priority,
            "close_open": close_open,
            "intact": None,  # an output, declared as an empty input without which there would be no such attribute
        }
        super().__init__(RuleProvider(), name, props, opts)
