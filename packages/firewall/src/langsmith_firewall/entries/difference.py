"""What changed between recorded entries and their inputs, and whether that means another list."""

from __future__ import annotations

import dataclasses

from langsmith_firewall.entries.inputs import Props, has_unknown

# Another service or target is another list: the new one gets its entries before the old one loses them.
_IDENTITY = ("service", "target")
_MANAGED = (*_IDENTITY, "sources", "description", "owner", "close_open")


@dataclasses.dataclass(frozen=True)
class Difference:
    """Changed properties, and those among them that demand a replacement."""

    changed: tuple[str, ...]
    replaces: tuple[str, ...]


def difference(state: Props, inputs: Props) -> Difference:
    """Compare every managed property; one not known yet counts as changed.

    An account somebody has opened since counts as changed too, so that the next update closes it or refuses.
    """
    changed = tuple(name for name in _MANAGED if has_unknown(inputs.get(name)) or state.get(name) != inputs.get(name))
    if state.get("restricts") is False:
        changed = (*changed, "restricts")
    return Difference(changed, tuple(name for name in changed if name in _IDENTITY))
