"""The component for Amazon EC2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.prefix_list import SERVICE


class PrefixListEntries(FirewallComponent):
    """Addresses in a customer-managed prefix list that exists."""

    def __init__(
        self,
        name: str,
        *,
        prefix_list_id: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the entries.

        Args:
            name: Name of the resource in the stack.
            prefix_list_id: The list's id, ``pl-...``.
            sources: Public addresses and ranges, all IPv4 or all IPv6, as the list is.
            region: AWS region; by default the environment's.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        super().__init__(name, SERVICE.kind, {"prefixListId": prefix_list_id, "region": region}, sources, opts, **terms)
