"""What every command takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_stack = click.option("-s", "--stack", metavar="NAME", help="Stack to work on; else the one that is selected.")
_cwd = click.option(
    "-C",
    "--cwd",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    default=Path(),
    help="Folder of the hosting stack's Pulumi.yaml.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")


def common(command: F) -> F:
    """``--stack``, ``--cwd`` and ``--json``, as the arguments `stack`, `folder` and `as_json`."""
    return _stack(_cwd(_json(command)))
