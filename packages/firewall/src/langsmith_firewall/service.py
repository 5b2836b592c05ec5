"""One service the package knows: what it accepts, how to name its list, how to open it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping

from langsmith_firewall.allow_list import AllowList
from langsmith_firewall.limits import Limits
from langsmith_firewall.target import TargetField

Open = Callable[[Mapping[str, str]], contextlib.AbstractContextManager[AllowList]]


@dataclasses.dataclass(frozen=True)
class Service:
    """A service.

    Attributes:
        kind: Its name in stack files and states; never changes.
        limits: What it accepts.
        target: The names that lead to a list, by field.
        open: Opens a list for one operation, finding credentials then.
        options: What else a stack file may say of it, by field.
    """

    kind: str
    limits: Limits
    target: Mapping[str, TargetField]
    open: Open
    options: Mapping[str, TargetField] = dataclasses.field(default_factory=dict)
