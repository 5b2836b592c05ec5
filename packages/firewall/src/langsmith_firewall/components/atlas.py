"""The component for MongoDB Atlas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pulumi

from langsmith_firewall.components.component import FirewallComponent, Terms
from langsmith_firewall.services.atlas import SERVICE


class AtlasAccessList(FirewallComponent):
    """Addresses that may connect to the clusters of an Atlas project.

    An empty access list lets nobody in, so that removing our entries opens nothing.
    """

    def __init__(
        self,
        name: str,
        *,
        project_id: pulumi.Input[str],
        sources: pulumi.Input[Sequence[str]],
        endpoint: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the entries.

        Args:
            name: Name of the resource in the stack.
            project_id: Id of the project, 24 hex digits.
            sources: Public IPv4 addresses and ranges.
            endpoint: Base URL of Atlas, for its government cloud.
            opts: Options of the resource.
            **terms: See `Terms`.
        """
        super().__init__(name, SERVICE.kind, {"projectId": project_id, "endpoint": endpoint}, sources, opts, **terms)
