"""A stack's entries on one list, as a resource of a Pulumi program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from langsmith_firewall.entries.provider import EntriesProvider


class AllowListEntries(Resource, module="firewall", name="AllowListEntries"):
    """Keeps addresses on a service's list. The components declare it; programs use those.

    Attributes:
        added: The addresses this resource put there, and takes away with it; those that were there before stay.
    """

    added: pulumi.Output[Sequence[str]]

    def __init__(
        self,
        name: str,
        service: str,
        target: Mapping[str, pulumi.Input[str] | None],
        sources: pulumi.Input[Sequence[str]],
        *,
        description: pulumi.Input[str] = "",
        owner: pulumi.Input[str] | None = None,
        close_open: pulumi.Input[bool] = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "service": service,
            "target": {field: value for field, value in target.items() if value is not None},
            "sources": sources,
            "description": description,
            "owner": owner,
            "close_open": close_open,
            # Outputs are declared as empty inputs, without which the resource would have no such attributes.
            "added": None,
            "restricts": None,
        }
        super().__init__(EntriesProvider(), name, props, opts)
