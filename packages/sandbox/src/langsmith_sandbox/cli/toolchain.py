"""``langsmith-sandbox toolchain``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("toolchain")
@json_option
def command(as_json: bool) -> None:
    """Build the tools that are missing (about ten minutes, once) and say where they are."""
    import dataclasses

    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.toolchain import ensure

    tools = ensure(for_stream())
    places = {name: str(place) for name, place in dataclasses.asdict(tools).items() if place is not None}
    width = max(map(len, places))
    emit(places, "\n".join(f"{name:<{width}}  {place}" for name, place in places.items()), as_json=as_json)
