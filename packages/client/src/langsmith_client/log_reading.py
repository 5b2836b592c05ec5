"""Reading a deployment's log page by page, following it as it grows, and keeping secrets out of what is shown."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
from typing import TYPE_CHECKING

from langsmith_client.table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from langsmith_client.patience import Patience
    from langsmith_client.target.protocol import Deployment, LogLine, LogSource

PAUSE = 2.0
"""Seconds between two looks at a log that is followed."""
MASK = "**********"
_PAGE = 500  # lines asked for at once; the control plane gives up to 1000
_SHORTEST_MASKED = 6  # characters; masking shorter values would garble ordinary words and hide nothing
# What a terminal would obey: escape sequences and the like, but neither tabs nor line breaks.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Log:
    """The log of one revision of a deployment, or of all of them.

    Args:
        source: Where it is kept.
        deployment: Whose log it is.
        revision_id: One revision, or None for all.
        level: As for `LogSource`; None for every level.
    """

    def __init__(
        self, source: LogSource, deployment: Deployment, *, revision_id: str | None = None, level: str | None = None
    ) -> None:
        self._source, self._deployment = source, deployment
        self._revision_id, self._level = revision_id, level

    def newest(self, limit: int) -> list[LogLine]:
        """The newest `limit` lines, oldest first."""
        lines: list[LogLine] = []
        for page in self._pages(limit):
            lines = [*page, *lines]
            if len(lines) >= limit:
                break
        return lines[-limit:]

    def since(self, known: Sequence[LogLine]) -> list[LogLine]:
        """What was written after the lines `known`, oldest first; reads no further back than to those."""
        seen = set(known)
        lines: list[LogLine] = []
        for page in self._pages(_PAGE):
            met = next((index for index, line in enumerate(page) if line in seen), None)
            # Clusters write at their own pace: a line may turn up between some that are known already.
            lines = [*(line for line in page[met:] if line not in seen), *lines]
            if met is not None:
                break
        return lines

    def _pages(self, limit: int) -> Iterator[Sequence[LogLine]]:
        cursor: str | None = None
        while True:
            page = self._source.logs(
                self._deployment,
                revision_id=self._revision_id,
                limit=min(limit, _PAGE),
                level=self._level,
                cursor=cursor,
            )
            yield page.lines
            if page.next is None or page.next == cursor:
                return
            cursor = page.next


def follow_log(
    log: Log,
    first: Sequence[LogLine],
    *,
    ended: Callable[[], bool],
    patience: Patience,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[LogLine]]:
    """New lines as they are written, until `ended` and a last look; `first` are the lines shown already.

    Raises:
        TargetUnavailableError: The target was away for longer than there is `patience`.
    """
    known = list(first)
    while True:
        last = patience.ask(ended)  # before the look, so that what was written up to the end is still read
        if fresh := patience.ask(lambda: log.since(known)):  # noqa: B023 - asked before `known` changes
            known = [*known, *fresh][-_PAGE:]
            yield fresh
        if last:
            return
        sleep(PAUSE)


class Redactor:
    """Replaces the values of variables wherever they appear, also as JSON or a URL writes them.

    Attributes:
        unknown: Names of variables whose values the target keeps to itself, and which can therefore not be masked.
    """

    def __init__(self, environment: Mapping[str, str | None]) -> None:
        self.unknown = sorted(name for name, value in environment.items() if value is None)
        texts: set[str] = set()
        for value in filter(None, environment.values()):
            for part in {value, *value.splitlines()}:
                texts |= {part.strip(), json.dumps(part)[1:-1], urllib.parse.quote(part), urllib.parse.quote_plus(part)}
        longest_first = sorted((text for text in texts if len(text) >= _SHORTEST_MASKED), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """`text` without any of the values."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def rows(lines: Iterable[LogLine], redact: Redactor) -> list[Row]:
    """The lines as `logs` shows them."""
    return [_row(line.timestamp, line.level, redact(line.message)) for line in lines]


def _row(timestamp: str, level: str, message: str) -> Row:
    shown = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", message.rstrip())
    cells = {"time": timestamp, "level": level, "message": shown}
    return Row(cells, {"timestamp": timestamp, "level": level, "message": message})
