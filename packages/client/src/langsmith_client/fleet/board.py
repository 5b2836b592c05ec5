"""Showing what happens to many agents at the same time: a line an event, told by which agent it is about."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from langsmith_client.errors import ClientError
    from langsmith_client.progress import Reporter
    from langsmith_client.table import Row

DONE = "done"
"""Event of an agent whose deploy went well."""
FAILED = "failed"
"""Event of an agent whose deploy did not."""


class Board(Protocol):
    """Hears everything about all agents, from several threads."""

    def tell(self, agent: str, event: str, text: str, **fields: Any) -> None:
        """Something happened to one agent."""
        ...


class LineBoard:
    """Tells a reporter, whose lines then begin with the agent's name."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._lock = threading.Lock()

    def tell(self, agent: str, event: str, text: str, **fields: Any) -> None:
        """See `Board`."""
        with self._lock:
            self._reporter.say(event, f"{agent}: {text}", agent=agent, **fields)


class AgentReporter:
    """The reporter of one agent's deploy, which knows nothing of the others.

    Attributes:
        revision_id: The revision the last event was about, if any was.
    """

    def __init__(self, agent: str, board: Board, revision_id: str | None = None) -> None:
        self.revision_id = revision_id
        self._agent = agent
        self._board = board

    def say(self, event: str, text: str, **fields: Any) -> None:
        """See `Reporter`."""
        self.revision_id = fields.get("revision_id") or self.revision_id
        self._board.tell(self._agent, event, text, **fields)

    def table(self, event: str, rows: Sequence[Row], *, headings: bool = True) -> None:  # noqa: ARG002
        """See `Reporter`."""
        for row in rows:
            self.say(event, " ".join(row.cells.values()), **row.fields)

    def finish(self, event: str, facts: Mapping[str, str], **fields: Any) -> None:  # noqa: ARG002 - one of many
        """See `Reporter`: what ends one agent's deploy is progress of the fleet."""
        self.say(DONE, facts.get("revision", ""), **fields)

    def fail(self, error: ClientError) -> None:
        """See `Reporter`."""
        self.say(FAILED, error.what, exit_code=error.exit_code, what=error.what, remedy=error.remedy)
