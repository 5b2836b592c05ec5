"""`langsmith-hybrid up`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("up")
@options.common
@click.option("-y", "--yes", is_flag=True, help="Do not ask: pulumi shows no preview to be confirmed.")
@click.option("--skip-doctor", is_flag=True, help="Go on whatever stands in the way.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- PULUMI ARGUMENTS]")
def up(
    stack: str | None, folder: Path, as_json: bool, yes: bool, skip_doctor: bool, arguments: tuple[str, ...]
) -> None:
    """Run `pulumi up`, looked at before and explained after.

    Credentials, their remaining life, the stack file and the LangSmith key are looked at first; if a session ends
    half-way, the command says so with 41, and goes on when it is run again.
    """
    from langsmith_hybrid.cli.report import reporting
    from langsmith_hybrid.operations.doctor import quick
    from langsmith_hybrid.operations.hosting_stack import HostingStack
    from langsmith_hybrid.operations.up import up

    if not yes and not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to confirm the update on. Give --yes.")
    with reporting(as_json=as_json) as report:
        found = HostingStack.find(folder, stack)
        up(
            found,
            arguments=[*(["--yes", "--skip-preview"] if yes else []), *arguments],
            look=None if skip_doctor else quick,
            warn=lambda finding: report.say(f"{finding.state}  {finding.check}: {finding.what} {finding.remedy}"),
        )
        outputs = found.outputs
        report.result(
            {"stack": found.tag, "outputs": dict(outputs)},
            f"{found.tag} stands: cluster {outputs.get('clusterName')}, agents at {outputs.get('agentsBaseUrl')}.\n"
            f"Next: langsmith-client init --from-stack {found.folder}:{found.name}",
        )
