"""``langsmith-sandbox env``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import json_option


@click.command("env")
@json_option
def command(as_json: bool) -> None:
    """Print the environment that points tools at the sandbox: eval "$(langsmith-sandbox env)"."""
    import json
    import os

    from langsmith_sandbox import credentials, environment
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.supervisor import lifecycle

    paths = WorldPaths.discover()
    world, secrets = lifecycle.running(paths), credentials.load(paths)
    if as_json:
        path = os.pathsep.join((*environment.path_folders(paths), os.environ.get("PATH", os.defpath)))
        found = {"PATH": path, **environment.variables(paths, world, secrets)}
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(environment.shell_exports(paths, world, secrets), nl=False)
