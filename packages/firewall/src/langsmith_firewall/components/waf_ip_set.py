"""The component for AWS WAF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.entries.resource import AllowListEntries
from langsmith_firewall.services.waf_ip_set import SERVICE
from langsmith_firewall.web_acl_rule.resource import WebAclRule


class WafIpSetEntries(FirewallComponent):
    """Addresses in a WAFv2 IP set that exists, and on request the rule of a web ACL that lets them through.

    An IP set says nothing of what happens to its addresses: a rule does. Emptying one opens nothing by itself. Others'
    rules, and all other settings of the web ACL, stay as they are; it blocks by default, or is refused.
    """

    def __init__(
        self,
        name: str,
        *,
        ip_set_name: pulumi.Input[str],
        ip_set_id: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        scope: pulumi.Input[str] = "REGIONAL",
        region: pulumi.Input[str] | None = None,
        web_acl_arn: pulumi.Input[str] | None = None,
        rule_priority: pulumi.Input[int | str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the entries, and the rule where a web ACL is named.

        Args:
            name: Name of the resource in the stack.
            ip_set_name: The set's name.
            ip_set_id: Its UUID.
            sources: Public addresses and ranges, all IPv4 or all IPv6, as the set is.
            scope: ``REGIONAL``, or ``CLOUDFRONT``, whose sets live in us-east-1.
            region: AWS region; by default the environment's.
            web_acl_arn: A web ACL of the same scope and region that shall allow the set's addresses.
            rule_priority: Place of the rule, lowest first; by default behind all others, so that it overrules none.
            opts: Options of the resource.
            **terms: See `Terms`; ``close_open`` is about the web ACL.
        """

        # After the entries, and away before them: while there is a rule, the set it refers to is as it should be.
        def declare_rule(parent: pulumi.Resource, entries: AllowListEntries) -> None:
            if web_acl_arn is None:
                return
            WebAclRule(
                name,
                web_acl_arn=web_acl_arn,
                ip_set_name=ip_set_name,
                ip_set_id=ip_set_id,
                scope=scope,
                priority=rule_priority,
                close_open=terms.get("close_open", False),
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[entries]),
            )

        target = {"ipSetName": ip_set_name, "ipSetId": ip_set_id, "scope": scope, "region": region}
        super().__init__(name, SERVICE.kind, target, sources, opts, once_allowed=declare_rule, **terms)
