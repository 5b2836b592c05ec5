"""``langsmith-sandbox toolchain``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("toolchain")
@click.option(
    "--with-buildkit", is_flag=True, help="Also BuildKit, with which tests build images; left out where it cannot run."
)
@json_option
def command(with_buildkit: bool, as_json: bool) -> None:
    """Build the tools that are missing (about ten minutes, once) and say where they are."""
    import dataclasses

    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.toolchain import buildkit, ensure, ensure_buildkit
    from langsmith_sandbox.toolchain.store_servers import ensure_stores

    progress = for_stream()
    found = dataclasses.asdict(ensure(progress)) | dataclasses.asdict(ensure_stores(progress))
    if with_buildkit and (reason := buildkit.obstacle()):
        progress.say(f"buildkit: left out, {reason}")
    elif with_buildkit:
        found |= {"buildkit": ensure_buildkit(progress).daemon.parent}
    places = {name: str(place) for name, place in found.items() if place is not None}
    width = max(map(len, places))
    emit(places, "\n".join(f"{name:<{width}}  {place}" for name, place in places.items()), as_json=as_json)
