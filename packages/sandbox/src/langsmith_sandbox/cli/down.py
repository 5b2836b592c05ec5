"""``langsmith-sandbox down``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("down")
@json_option
def command(as_json: bool) -> None:
    """Tear down agents, stack and sandbox, and prove that nothing is left; exits 60 with a list otherwise."""
    import dataclasses

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.walkthrough.down import down

    farewell = down(WorldPaths.discover(), for_stream())
    if farewell.resources is None:
        text = "There is no sandbox, so nothing is left."
    else:
        text = f"Nothing is left: {farewell.resources}; no process runs.\n{farewell.summary}"
    emit(dataclasses.asdict(farewell), text, as_json=as_json)
