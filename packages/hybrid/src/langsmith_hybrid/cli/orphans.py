"""`langsmith-hybrid orphans`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("orphans")
@options.common
def orphans(stack: str | None, folder: Path, as_json: bool) -> None:
    """..."""
