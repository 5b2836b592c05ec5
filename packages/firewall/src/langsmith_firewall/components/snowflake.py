"""The component for Snowflake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.snowflake import SERVICE


class SnowflakeNetworkRule(FirewallComponent):
    """Addresses of a network rule of type IPV4 that exists.

    What an empty rule means depends on the policies that use it, so that the last addresses are never removed.
    """

    def __init__(
        self,
        name: str,
        *,
        account: pulumi.Input[str],
        rule: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the addresses.

        Args:
            name: Name of the resource in the stack.
            account: Account identifier, ``<organisation>-<account>``.
            rule: The rule's full name, ``<database>.<schema>.<rule>``.
            sources: Public IPv4 addresses and ranges.
            endpoint: Base URL of the account, where it is not ``https://<account>.snowflakecomputing.com``.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        target = {"account": account, "rule": rule, "endpoint": endpoint}
        super().__init__(name, SERVICE.kind, target, sources, opts, **terms)
