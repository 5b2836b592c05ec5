"""The component for Cloudflare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.cloudflare_list import SERVICE


class CloudflareIpList(FirewallComponent):
    """Addresses in a custom IP list that exists.

    A list says nothing of what happens to its addresses: rules do. Items of others are never sent back, so that
    nothing they change at the same time can be lost.
    """

    def __init__(
        self,
        name: str,
        *,
        account_id: pulumi.Input[str],
        list_id: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the items.

        Args:
            name: Name of the resource in the stack.
            account_id: Id of the account.
            list_id: Id of the list, of kind ``ip``.
            sources: Public addresses and ranges, IPv4 or IPv6.
            endpoint: Base URL of the API.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        target = {"accountId": account_id, "listId": list_id, "endpoint": endpoint}
        super().__init__(name, SERVICE.kind, target, sources, opts, **terms)
