"""What all commands share: the ``--json`` switch and the way results are printed."""

from __future__ import annotations

import json
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")


def emit(result: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print ``result`` as JSON or ``text`` for people."""
    click.echo(json.dumps(result, indent=2) if as_json else text)
