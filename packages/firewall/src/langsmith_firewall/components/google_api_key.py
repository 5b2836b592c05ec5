"""The component for Google."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.google_api_key import SERVICE


class GoogleApiKeyRestriction(FirewallComponent):
    """Addresses a Google API key (Gemini, Maps, ...) may be used from.

    A key without addresses may be used from everywhere. So the first ones are added only with ``close_open``, and the
    last ones are never removed: delete such a key instead.
    """

    def __init__(
        self,
        name: str,
        *,
        project: pulumi.Input[str],
        key_id: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the restriction.

        Args:
            name: Name of the resource in the stack.
            project: Id or number of the key's project.
            key_id: Id of the key, not the key itself.
            sources: Public addresses and ranges, IPv4 or IPv6.
            endpoint: Base URL of the API Keys API.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        target = {"project": project, "keyId": key_id, "endpoint": endpoint}
        super().__init__(name, SERVICE.kind, target, sources, opts, **terms)
