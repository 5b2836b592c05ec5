"""`langsmith-hybrid doctor`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("doctor")
@options.common
def doctor(stack: str | None, folder: Path, as_json: bool) -> None:
    """..."""
