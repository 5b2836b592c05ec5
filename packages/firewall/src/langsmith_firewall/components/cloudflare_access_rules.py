"""The component for Cloudflare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.cloudflare_access_rules import SERVICE


class CloudflareAccessRules(FirewallComponent):
    """Access rules that let addresses through, past Cloudflare's other checks.

    An address somebody blocked or challenged on purpose is refused, not overruled.
    """

    def __init__(
        self,
        name: str,
        *,
        sources: pulumi.Input[Sequence[str]],
        scope: pulumi.Input[str] = "zones",
        scope_id: pulumi.Input[str],
        endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the rules.

        Args:
            name: Name of the resource in the stack.
            sources: Public addresses, IPv4 or IPv6; ranges of IPv4 /24, IPv6 /48 or /64.
            scope: ``zones``, or ``accounts`` for all zones of one.
            scope_id: Id of the zone or account.
            endpoint: Base URL of the API.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        target = {"scope": scope, "scopeId": scope_id, "endpoint": endpoint}
        super().__init__(name, SERVICE.kind, target, sources, opts, **terms)
