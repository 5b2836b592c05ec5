"""`langsmith-client env pull`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("pull")
@click.argument("agent", metavar="PATH|NAME", default=".")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the values in plain, readable by its owner only.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@options.where
@options.output
def command(agent: str, output: Path, force: bool, where: Where, as_json: bool) -> None:
    """Write the variables of a deployment into a file that --env-file reads.

    Secret references are noted in it as comments; their values are in the cluster.
    """
    from langsmith_client.cli.env.agent import named
    from langsmith_client.cli.session import connected, existing, reporting
    from langsmith_client.environment.env_file import render_env_file, write_private
    from langsmith_client.environment.plan import known_values

    with reporting(as_json=as_json) as reporter, connected(where) as target:
        deployment = existing(target, named(agent)[0])
        values = known_values(deployment.environment)
        write_private(output, render_env_file(values, deployment.references), replace=force)
        reporter.finish(
            "result",
            {"written": f"{output} ({len(values)} variables of {deployment.name})"},
            name=deployment.name,
            deployment_id=deployment.id,
            output=str(output),
            variables=sorted(values),
        )
