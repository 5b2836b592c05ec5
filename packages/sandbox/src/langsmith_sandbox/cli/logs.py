"""``langsmith-sandbox logs``."""

from __future__ import annotations

import json

import click

from langsmith_sandbox.cli.output import json_option


@click.command("logs")
@click.argument("part", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on as lines are written, until interrupted.")
@click.option("-n", "--lines", default=20, show_default=True, help="Lines of each part to start with.")
@json_option
def command(part: str | None, follow: bool, lines: int, as_json: bool) -> None:
    """Show what the parts say: all of them, or those of PART (a part's name, or a cluster's)."""
    from langsmith_sandbox.log_files import LogFiles
    from langsmith_sandbox.paths import WorldPaths

    files = LogFiles(WorldPaths.discover().logs)
    width = max(map(len, files.parts(part)))
    for name, line in files.lines(part, last=lines, follow=follow):
        click.echo(json.dumps({"part": name, "line": line}) if as_json else f"{name:<{width}} | {line}")
