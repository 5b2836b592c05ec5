"""`langsmith-hybrid down`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_hybrid.cli import options

if TYPE_CHECKING:
    from langsmith_hybrid.operations.down import Standing


@click.command("down")
@options.common
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--delete-deployments", is_flag=True, help="Delete the agents' deployments in LangSmith first.")
@click.option("--delete-tracing-projects", is_flag=True, help="And their traces.")
@click.option("--unprotect", is_flag=True, help="Give up what deletionProtection holds, without a final snapshot.")
def down(
    stack: str | None,
    folder: Path,
    as_json: bool,
    yes: bool,
    delete_deployments: bool,
    delete_tracing_projects: bool,
    unprotect: bool,
) -> None:
    """Take a stack down in the right order, and prove that nothing is left.

    Deployments go first, while their listener can still take them away, then everything `pulumi destroy` knows; at
    the end nothing of the stack may be left in AWS or in LangSmith. Run again, it goes on where it ended.
    """
    from langsmith_hybrid.cli.report import reporting
    from langsmith_hybrid.operations.aws import account_of
    from langsmith_hybrid.operations.down import Consent, Surroundings, down, look, refuse
    from langsmith_hybrid.operations.hosting_stack import HostingStack

    if not yes and not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to confirm on. Give --yes.")
    consent = Consent(delete_deployments, delete_tracing_projects, unprotect)
    with reporting(as_json=as_json) as report:
        found = HostingStack.find(folder, stack)
        around = Surroundings(account_of(found))
        with report.busy("Looking at what stands"):
            standing = look(found, around)
        refuse(standing, consent)
        if standing.resources and not yes:
            _confirm(found.name, standing)
        down(found, standing, consent, around, report.say)
        report.result(
            {"stack": found.tag, "destroyed": standing.resources, "deployments": list(standing.deployments)},
            f"Nothing is left of {found.tag}. `pulumi stack rm {found.name}` forgets the stack itself.",
        )


def _confirm(name: str, standing: Standing) -> None:
    """Have the stack's name typed."""
    click.echo(f"This destroys {standing.resources} resources of {name}.", err=True)
    for what in (*(f"the deployment {each}" for each in standing.deployments), *standing.protected):
        click.echo(f"  and {what}", err=True)
    if click.prompt("Type the stack's name to go on", default="", show_default=False, err=True) != name:
        raise click.UsageError("That is not the stack's name; nothing was changed.")
