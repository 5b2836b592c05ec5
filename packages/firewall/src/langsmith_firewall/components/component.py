"""What the component of every service has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import pulumi

from langsmith_firewall.entries.resource import AllowListEntries


class Terms(TypedDict, total=False):
    """How entries are made; the same for every service.

    Attributes:
        description: Why the addresses are allowed, for the people who find the entry; services that keep comments show
            it.
        owner: Whose entries these are, where a service keeps comments; by default the package's name.
        close_open: Whether an account that is open to everybody may be closed to all but its list. Without it such an
            account is refused: entries would do nothing there, or shut out everybody else.
    """

    description: pulumi.Input[str]
    owner: pulumi.Input[str]
    close_open: pulumi.Input[bool]


class FirewallComponent(pulumi.ComponentResource):
    """Addresses on the allow list of one service.

    Attributes:
        added: The addresses this component put there, and takes away with it; those that were there before stay.
    """

    added: pulumi.Output[Sequence[str]]

    def __init__(
        self,
        name: str,
        kind: str,
        target: Mapping[str, pulumi.Input[str] | None],
        sources: pulumi.Input[Sequence[str]],
        opts: pulumi.ResourceOptions | None,
        **terms: Unpack[Terms],
    ) -> None:
        super().__init__(f"langsmith-firewall:index:{type(self).__name__}", name, None, opts)
        entries = AllowListEntries(name, kind, target, sources, opts=pulumi.ResourceOptions(parent=self), **terms)
        self.added = entries.added
        self.register_outputs({"added": self.added})
