"""`langsmith-hybrid down`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("down")
@options.common
def down(stack: str | None, folder: Path, as_json: bool) -> None:
    """..."""
