"""`langsmith-hybrid up`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("up")
@options.common
def up(stack: str | None, folder: Path, as_json: bool) -> None:
    """..."""
