"""`langsmith-hybrid status`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("status")
@options.common
def status(stack: str | None, folder: Path, as_json: bool) -> None:
    """..."""
