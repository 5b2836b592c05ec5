"""``langsmith-sandbox reset``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def command(yes: bool, as_json: bool) -> None:
    """Stop the sandbox and delete its state: AWS resources, clusters, images, stacks, credentials."""
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.supervisor import lifecycle

    paths = WorldPaths.discover()
    existed = paths.home.is_dir()
    if existed and not yes:
        click.confirm(f"Delete {paths.home} with everything in it?", abort=True, err=True)
    lifecycle.reset(paths, for_stream())
    text = f"{paths.home} is deleted." if existed else f"There is no sandbox in {paths.home}."
    emit({"deleted": str(paths.home) if existed else None}, text, as_json=as_json)
