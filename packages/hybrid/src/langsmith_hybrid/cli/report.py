"""How a command speaks: its result on standard output, for people or as one JSON object; the rest on standard error."""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from langsmith_hybrid.operations.doctor import Findings

SCHEMA = 1
"""Version of the JSON. It changes when a field changes its meaning or goes, not when one is added."""

_INTERRUPTED = 130  # as shells report it


class Report:
    """The words of one run.

    Args:
        as_json: Whether machines read the result.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.has_result = False

    def say(self, text: str) -> None:
        """A line on what is being done, for people."""
        if not self.as_json:
            click.echo(text, err=True)

    @contextlib.contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show ``text`` while something takes its time, on a terminal with a spinner."""
        if self.as_json or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(text):
            yield

    def result(self, fields: Mapping[str, Any], text: str) -> None:
        """What came of it: ``fields`` for machines, ``text`` for people. Given once a run."""
        self.has_result = True
        click.echo(json.dumps({"schema": SCHEMA, **fields}) if self.as_json else text)

    def fail(self, what: str, remedy: str, exit_code: int) -> NoReturn:
        """End the command with what happened and what to do."""
        if self.as_json and not self.has_result:
            self.result({"error": what, "remedy": remedy, "exit_code": exit_code}, "")
        elif not self.as_json:
            click.echo(f"Error: {what}" + (f"\n{remedy}" if remedy else ""), err=True)
        sys.exit(exit_code)


@contextlib.contextmanager
def reporting(*, as_json: bool) -> Iterator[Report]:
    """A report; an error becomes its exit code and two sentences, and never a traceback, whose values may be secrets.

    After a result machines are told no more of an error than its exit code: they read one object.
    """
    from langsmith_hybrid.operations.errors import OperationError

    report = Report(as_json=as_json)
    try:
        yield report
    except OperationError as error:
        report.fail(error.what, error.remedy, error.exit_code)
    except (click.ClickException, click.Abort):
        raise  # click's own, which it tells itself
    except KeyboardInterrupt:
        report.fail("Interrupted.", "Run the same command again: it goes on where this one ended.", _INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - there is nobody left to handle it
        frame = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}, is a defect of ours."
        report.fail(what, "Report it, with the command that was run.", OperationError.exit_code)


def table(findings: Findings) -> str:
    """Findings as lines, what to do about one below it."""
    rows: list[tuple[str, ...]] = []
    for each in findings.all:
        rows.append((each.state, each.check, each.what))
        if each.remedy:
            rows.append(("", "", f"→ {each.remedy}"))
    return columns(rows)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text whose columns stand below each other; the last one is as long as it is."""
    if not rows:
        return ""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    padded = ([cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)] + [row[-1]] for row in rows)
    return "\n".join("  ".join(row).rstrip() for row in padded)
