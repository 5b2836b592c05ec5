"""What became of each agent of a rollout."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langsmith_client.errors import ClientError
    from langsmith_client.result import Result


class State(enum.Enum):
    """How it ended for one agent; the values are words for people."""

    DEPLOYED = "deployed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not started"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One agent.

    Attributes:
        stage: When its turn was.
        tag: Of the image it was to get.
        result: What its deploy led to; None where it failed or was not started.
        error: Why it failed, or what Ctrl-C left behind.
        revision_id: The revision it is about, as far as one is known.
        seconds: How long its deploy took.
    """

    name: str
    stage: str
    tag: str
    state: State
    result: Result | None = None
    error: ClientError | None = None
    revision_id: str | None = None
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether its pods said themselves that they serve the revision."""
        return self.result is not None and self.result.proven

    def fields(self) -> dict[str, Any]:
        """For machines."""
        error = self.error and {
            "exit_code": self.error.exit_code,
            "what": self.error.what,
            "remedy": self.error.remedy,
        }
        return {
            "name": self.name,
            "stage": self.stage,
            "state": self.state.value,
            "tag": self.tag,
            "image_uri": self.result.image_uri if self.result else None,
            "revision_id": self.revision_id,
            "proven": self.proven,
            "url": self.result.url if self.result else None,
            "seconds": self.seconds,
            "error": error,
        }
