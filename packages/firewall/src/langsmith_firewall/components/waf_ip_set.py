"""The component for AWS WAF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.waf_ip_set import SERVICE


class WafIpSetEntries(FirewallComponent):
    """Addresses in a WAFv2 IP set that exists.

    An IP set says nothing of what happens to its addresses: a rule does. Emptying one opens nothing by itself.
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
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the entries.

        Args:
            name: Name of the resource in the stack.
            ip_set_name: The set's name.
            ip_set_id: Its UUID.
            sources: Public addresses and ranges, all IPv4 or all IPv6, as the set is.
            scope: ``REGIONAL``, or ``CLOUDFRONT``, whose sets live in us-east-1.
            region: AWS region; by default the environment's.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        target = {"ipSetName": ip_set_name, "ipSetId": ip_set_id, "scope": scope, "region": region}
        super().__init__(name, SERVICE.kind, target, sources, opts, **terms)
