"""The states of a container and how the API writes them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_sandbox.cluster.api import Json


@dataclasses.dataclass(frozen=True)
class Waiting:
    """Not running yet, or not running again yet."""

    reason: str
    message: str = ""

    def to_json(self) -> Json:
        """The API's form."""
        return {"waiting": {"reason": self.reason, **({"message": self.message} if self.message else {})}}


@dataclasses.dataclass(frozen=True)
class Running:
    """A process is there."""

    started_at: str

    def to_json(self) -> Json:
        """The API's form."""
        return {"running": {"startedAt": self.started_at}}


@dataclasses.dataclass(frozen=True)
class Terminated:
    """The process ended."""

    exit_code: int
    reason: str
    started_at: str
    finished_at: str
    message: str = ""

    def to_json(self) -> Json:
        """The API's form."""
        ended: Json = {
            "exitCode": self.exit_code,
            "reason": self.reason,
            "startedAt": self.started_at,
            "finishedAt": self.finished_at,
        }
        return {"terminated": {**ended, **({"message": self.message} if self.message else {})}}


State = Waiting | Running | Terminated


@dataclasses.dataclass(frozen=True)
class ContainerView:
    """All that is told about one container.

    Attributes:
        name: Its name.
        image: The reference its Pod names.
        image_id: ``host/repository@digest`` once known.
        state: Now.
        last: How the run before ended.
        restarts: How often it was started again.
        ready: Passes its readiness probe, or runs and has none.
        started: Passed its startup probe, or runs and has none.
    """

    name: str
    image: str
    image_id: str
    state: State
    last: Terminated | None
    restarts: int
    ready: bool
    started: bool

    def to_json(self) -> Json:
        """One entry of ``containerStatuses``."""
        return {
            "name": self.name,
            "image": self.image,
            "imageID": self.image_id,
            "containerID": "",
            "state": self.state.to_json(),
            "lastState": self.last.to_json() if self.last else {},
            "restartCount": self.restarts,
            "ready": self.ready,
            "started": self.started,
        }


def timestamp(seconds: float) -> str:
    """A time as the API writes it.

    Args:
        seconds: Since the epoch.
    """
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def terminated_from(status: Json) -> Terminated | None:
    """Read back a terminated state from a container status; None when it is in another state."""
    ended = status.get("state", {}).get("terminated")
    if not ended:
        return None
    return Terminated(
        ended.get("exitCode", 0),
        ended.get("reason", ""),
        ended.get("startedAt", ""),
        ended.get("finishedAt", ""),
        ended.get("message", ""),
    )
