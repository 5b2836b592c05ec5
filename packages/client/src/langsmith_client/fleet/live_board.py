"""A table on the terminal that shows what every agent is doing right now; it gives way to the outcome at the end."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Mapping
from typing import IO, Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from langsmith_client.fleet.board import DONE, FAILED

_REFRESH = 4  # times a second
_STYLES = {DONE: "green", FAILED: "bold red"}  # of the events that are an agent's last


class LiveBoard:
    """A row an agent: when its turn is, since when it is at work, and the last thing that happened to it.

    Args:
        log: The terminal.
        turns: Agent to the name of its stage, in the order of the rows.
        clock: Seconds of a clock that never jumps.
    """

    def __init__(self, log: IO[str], turns: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(file=log, highlight=False)
        self._turns = turns
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: dict[str, _Row] = {}
        self._live = Live(
            console=self._console, get_renderable=self.render, refresh_per_second=_REFRESH, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def tell(self, agent: str, event: str, text: str, **fields: Any) -> None:  # noqa: ARG002 - fields are for machines
        """See `Board`."""
        now = self._clock()
        with self._lock:
            started = self._rows[agent].started if agent in self._rows else now
            self._rows[agent] = _Row(started, now, event, " ".join(text.split()))

    def render(self) -> Table:
        """The table as it is now."""
        table = Table("agent", "turn", "seconds", "state", box=None, padding=(0, 2, 0, 0), header_style="bold")
        with self._lock:
            rows = dict(self._rows)
        for agent in self._order(rows):
            turn, row = self._turns[agent], rows.get(agent)
            if row is None:
                table.add_row(agent, turn, "", Text("waiting", "dim"))
                continue
            until = row.told if row.event in _STYLES else self._clock()
            words = Text.assemble((row.event, _STYLES.get(row.event, "cyan")), " ", row.text, no_wrap=True)
            table.add_row(agent, turn, f"{until - row.started:.0f}", words)
        return table

    def _order(self, rows: Mapping[str, _Row]) -> list[str]:
        """That of the turns; on a terminal that is too low for all, whoever is at work or has failed comes first."""
        if len(self._turns) < self._console.height:
            return list(self._turns)
        return sorted(self._turns, key=lambda agent: agent not in rows or rows[agent].event == DONE)


@dataclasses.dataclass(frozen=True)
class _Row:
    """What was heard of one agent: when first and last, and the last of it."""

    started: float
    told: float
    event: str
    text: str
