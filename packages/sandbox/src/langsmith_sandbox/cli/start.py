"""``langsmith-sandbox start``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("start")
@json_option
def command(as_json: bool) -> None:
    """Start the sandbox, building its tools if they are missing; a running one is left alone."""
    from langsmith_sandbox.cli.status import describe
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.supervisor.bring_up import bring_up

    paths = WorldPaths.discover()
    world, started = bring_up(paths, for_stream())
    headline = "The sandbox runs." if started else "The sandbox runs already."
    hint = 'Point this shell at it: eval "$(langsmith-sandbox env)"'
    emit({"started": started, **describe(world, alive=True)}, f"{headline}\n{hint}", as_json=as_json)
