"""What the component of every service has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        *,
        once_allowed: Callable[[pulumi.Resource, AllowListEntries], None] | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Declare the entries.

        Args:
            name: Name of the resource in the stack.
            kind: Whose list, a key of the catalogue.
            target: Which list.
            sources: The addresses.
            opts: Options of the resource.
            once_allowed: Declares what else belongs to the component, given it and its entries.
            **terms: See `Terms`.
        """
        super().__init__(f"langsmith-firewall:index:{type(self).__name__}", name, None, opts)
        entries = AllowListEntries(name, kind, target, sources, opts=pulumi.ResourceOptions(parent=self), **terms)
        if once_allowed is not None:
            once_allowed(self, entries)
        self.added = entries.added
        self.register_outputs({"added": self.added})
