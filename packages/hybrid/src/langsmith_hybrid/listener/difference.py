"""What changed between a listener's state and its inputs, and whether that calls for another listener."""

from __future__ import annotations

import dataclasses
from typing import Any

from langsmith_hybrid.listener.inputs import ListenerInputs, Props, has_unknown

# What makes it this listener and no other: the control plane can change none of them.
_IDENTITY = ("workspace_id", "compute_id", "control_plane_url")
_MANAGED = tuple(field.name for field in dataclasses.fields(ListenerInputs))


@dataclasses.dataclass(frozen=True)
class Difference:
    """Changed properties, and those among them that demand a replacement."""

    changed: tuple[str, ...]
    replaces: tuple[str, ...]


def difference(listener_id: str, state: Props, inputs: Props) -> Difference:
    """Compare every managed property; one not known yet counts as changed.

    An identity that is not known yet shows as a replacement: the plan should not promise less than may happen.
    """
    changed = tuple(name for name in _MANAGED if _differs(name, state.get(name), inputs.get(name)))
    replaces = tuple(name for name in changed if name in _IDENTITY or _names_another(name, inputs, listener_id))
    return Difference(changed, replaces)


def _differs(name: str, old: Any, new: Any) -> bool:
    if has_unknown(new):
        return True
    if name == "namespaces":
        return sorted(old or ()) != sorted(new or ())
    if name == "delete_adopted":
        return bool(old) != bool(new)
    return old != new


def _names_another(name: str, inputs: Props, listener_id: str) -> bool:
    return name == "existing_id" and inputs.get(name) not in {None, listener_id}
