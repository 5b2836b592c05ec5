"""What every operation needs: memory, access, clock, timings and the switches of behaviours nobody documents."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Literal

from langsmith_sandbox.control_plane.access import Access
from langsmith_sandbox.control_plane.revisions import Timings
from langsmith_sandbox.control_plane.store import Store


def utc_now() -> dt.datetime:
    """The wall clock."""
    return dt.datetime.now(dt.UTC)


@dataclasses.dataclass(frozen=True)
class Switches:
    """Answers that depend on a plan, a server version, or a fact no source settles.

    Attributes:
        deployments_enabled: False answers every deployment call with "not enabled".
        listeners_allowed: False answers every listener call as an organisation without the plan gets it.
        namespace_check: Whether a deployment's namespace must be one of its listener's.
        listener_delete: What deleting a listener that has deployments does: ``orphan`` them or ``refuse`` with 409.
        secret_values: False leaves the values out of answers, as some API versions do.
        refused_key_status: Status for a missing or unknown key.
    """

    deployments_enabled: bool = True
    listeners_allowed: bool = True
    namespace_check: bool = True
    listener_delete: Literal["orphan", "refuse"] = "orphan"
    secret_values: bool = True
    refused_key_status: Literal[401, 403] = 401


@dataclasses.dataclass
class Plane:
    """One control plane. Only ``switches`` changes after construction."""

    store: Store
    access: Access
    clock: Callable[[], dt.datetime] = utc_now
    new_id: Callable[[], uuid.UUID] = uuid.uuid4
    timings: Timings = dataclasses.field(default_factory=Timings)
    switches: Switches = dataclasses.field(default_factory=Switches)
