"""Telling what is done: lines for people on stderr and a result on stdout, or JSON lines for machines."""

from __future__ import annotations

import json
import time
from typing import IO, TYPE_CHECKING, Any, Protocol

from langsmith_client.table import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langsmith_client.errors import ClientError
    from langsmith_client.table import Row

SCHEMA = 1
"""Version of the JSON lines. It changes when a field changes its meaning or goes, not when one is added."""


class Reporter(Protocol):
    """Where a command's words go."""

    def say(self, event: str, text: str, **fields: Any) -> None:
        """Report progress: a word for the kind of event, a line for people, fields for machines."""
        ...

    def table(self, event: str, rows: Sequence[Row], *, headings: bool = True) -> None:
        """Report several things of one kind: a table for people, an event for each row for machines."""
        ...

    def finish(self, event: str, facts: Mapping[str, str], **fields: Any) -> None:
        """Report the outcome: labelled lines for people, fields for machines."""
        ...

    def fail(self, error: ClientError) -> None:
        """Report what ended the command."""
        ...


class JsonReporter:
    """One JSON object a line, on stdout: `schema`, `event`, and what the event has to say."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def say(self, event: str, text: str, **fields: Any) -> None:
        """See `Reporter`."""
        self._write({"event": event, "message": text, **fields})

    def table(self, event: str, rows: Sequence[Row], *, headings: bool = True) -> None:  # noqa: ARG002
        """See `Reporter`."""
        for row in rows:
            self._write({"event": event, **row.fields})

    def finish(self, event: str, facts: Mapping[str, str], **fields: Any) -> None:  # noqa: ARG002
        """See `Reporter`."""
        self._write({"event": event, **fields})

    def fail(self, error: ClientError) -> None:
        """See `Reporter`."""
        self._write({"event": "error", "exit_code": error.exit_code, "what": error.what, "remedy": error.remedy})

    def _write(self, fields: Mapping[str, Any]) -> None:
        self._out.write(json.dumps({"schema": SCHEMA, **fields}) + "\n")
        self._out.flush()


class PlainReporter:
    """Plain lines with the seconds since the start, for logs and pipes."""

    def __init__(self, out: IO[str], log: IO[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._log = out, log
        self._clock, self._start = clock, clock()

    def say(self, event: str, text: str, **fields: Any) -> None:  # noqa: ARG002 - fields are for machines
        """See `Reporter`."""
        self._log.write(f"{self._clock() - self._start:6.1f}s  {event:<9} {text}\n")
        self._log.flush()

    def table(self, event: str, rows: Sequence[Row], *, headings: bool = True) -> None:  # noqa: ARG002
        """See `Reporter`."""
        self._out.writelines(f"{line}\n" for line in aligned(rows, headings=headings))
        self._out.flush()

    def finish(self, event: str, facts: Mapping[str, str], **fields: Any) -> None:  # noqa: ARG002
        """See `Reporter`."""
        for label, value in facts.items():
            self._out.write(f"{label:<11} {value}\n")
        self._out.flush()

    def fail(self, error: ClientError) -> None:
        """See `Reporter`."""
        self._log.write(f"Error: {error.what}\n" + (f"{error.remedy}\n" if error.remedy else ""))


class RichReporter:
    """The same lines with colour, for a terminal; NO_COLOR is honoured by rich."""

    def __init__(self, out: IO[str], log: IO[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console

        self._out = Console(file=out, highlight=False, soft_wrap=True)
        self._log = Console(file=log, highlight=False, soft_wrap=True)
        self._clock, self._start = clock, clock()

    def say(self, event: str, text: str, **fields: Any) -> None:  # noqa: ARG002
        """See `Reporter`."""
        from rich.text import Text

        elapsed = f"{self._clock() - self._start:6.1f}s  "
        self._log.print(Text.assemble((elapsed, "dim"), (f"{event:<9} ", "cyan"), text))

    def table(self, event: str, rows: Sequence[Row], *, headings: bool = True) -> None:  # noqa: ARG002
        """See `Reporter`."""
        from rich.text import Text

        for number, line in enumerate(aligned(rows, headings=headings)):
            self._out.print(Text(line, style="bold" if headings and number == 0 else ""))

    def finish(self, event: str, facts: Mapping[str, str], **fields: Any) -> None:  # noqa: ARG002
        """See `Reporter`."""
        from rich.text import Text

        for label, value in facts.items():
            self._out.print(Text.assemble((f"{label:<11} ", "bold"), value))

    def fail(self, error: ClientError) -> None:
        """See `Reporter`."""
        from rich.text import Text

        self._log.print(Text.assemble(("Error: ", "bold red"), error.what))
        if error.remedy:
            self._log.print(Text(error.remedy))


def reporter_for(out: IO[str], log: IO[str], *, as_json: bool) -> Reporter:
    """JSON if asked for, colour where people watch, plain lines otherwise."""
    if as_json:
        return JsonReporter(out)
    return RichReporter(out, log) if log.isatty() else PlainReporter(out, log)
