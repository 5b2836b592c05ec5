"""The component for Azure AI and Azure OpenAI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.azure_ai import SERVICE


class AzureAiNetworkRules(FirewallComponent):
    """Addresses an Azure AI (OpenAI, Foundry, Cognitive Services) account accepts calls from.

    Every write keeps the account's default action at ``Deny``, or sets it with ``close_open``. Nothing ever sets
    ``Allow``: after destroy an account without rules is open to nobody.
    """

    def __init__(
        self,
        name: str,
        *,
        account_id: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the rules.

        Args:
            name: Name of the resource in the stack.
            account_id: ARM id of the account: ``/subscriptions/.../Microsoft.CognitiveServices/accounts/...``.
            sources: Public IPv4 addresses and ranges.
            endpoint: Base URL of Resource Manager, for sovereign clouds.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        super().__init__(name, SERVICE.kind, {"accountId": account_id, "endpoint": endpoint}, sources, opts, **terms)
