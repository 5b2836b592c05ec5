"""`langsmith-client delete`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--delete-tracing-project",
    is_flag=True,
    help="Delete its traces as well. Kept, they block the name for a new deployment.",
)
@click.option("--wait-timeout", type=click.FloatRange(min=0), default=600.0, show_default=True, metavar="SECONDS")
@options.where
@options.output
def command(
    name: str, yes: bool, delete_tracing_project: bool, wait_timeout: float, where: Where, as_json: bool
) -> None:
    """Delete the deployment NAME, and wait until nothing is left of it."""
    from langsmith_client.cli.asking import confirm_by_typing
    from langsmith_client.cli.session import connected, reporting
    from langsmith_client.patience import Patience
    from langsmith_client.removal import remove

    if not yes:
        confirm_by_typing(name, "delete it", instead="--yes")
    with reporting(as_json=as_json) as reporter, connected(where) as target:
        patience = Patience(lambda text: reporter.say("outage", text))
        deployment = patience.ask(lambda: target.find(name))
        if deployment is not None:
            remove(target, deployment, reporter, with_traces=delete_tracing_project, timeout=wait_timeout)
        reporter.finish(
            "result",
            {"deployment": f"{name} ({'deleted' if deployment else 'was not there'})"},
            name=name,
            deployment_id=deployment.id if deployment else None,
            changed=deployment is not None,
        )
