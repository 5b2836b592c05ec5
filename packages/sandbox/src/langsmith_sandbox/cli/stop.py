"""``langsmith-sandbox stop``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("stop")
@json_option
def command(as_json: bool) -> None:
    """Stop the sandbox and keep its state; the next start goes on from it."""
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.supervisor import lifecycle

    stopped = lifecycle.stop(WorldPaths.discover(), for_stream())
    text = "The sandbox is stopped; its state is kept." if stopped else "The sandbox was not running."
    emit({"stopped": stopped}, text, as_json=as_json)
