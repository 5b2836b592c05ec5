"""`langsmith-client logs`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("logs")
@click.argument("agent", metavar="PATH|NAME")
@click.option("--revision", metavar="REV", help="Of one revision only: its id or first characters, a commit or a tag.")
@click.option("--follow", is_flag=True, help="Go on showing lines, of one revision until that has ended.")
@click.option("--level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]), help="Of this level.")
@click.option("--limit", type=click.IntRange(1, 10000), default=200, show_default=True, help="Newest lines at most.")
@options.where
@options.output
def command(
    agent: str, revision: str | None, follow: bool, level: str | None, limit: int, where: Where, as_json: bool
) -> None:
    """Show what the control plane saw of a deployment's rollouts, oldest line first.

    Values of the deployment's variables are masked wherever they appear. What agents print themselves stays in their
    cluster, where kubectl logs shows it.
    """
    from langsmith_client.cli.looking import chosen_revision, deployment_name
    from langsmith_client.cli.session import connected, existing, reporting, surroundings
    from langsmith_client.log_reading import Log, Redactor, follow_log, rows

    def ended() -> bool:
        return revision_id is not None and target.revision(deployment.id, revision_id).phase.final

    with reporting(as_json=as_json) as reporter, connected(where) as target:
        deployment = existing(target, deployment_name(agent))
        revision_id = chosen_revision(target, deployment, revision).id if revision else None
        redact = Redactor(deployment.environment)
        if redact.unknown:
            reporter.say("note", f"values that are not known here cannot be masked: {', '.join(redact.unknown)}")
        log = Log(target, deployment, revision_id=revision_id, level=level)
        shown = log.newest(limit)
        reporter.table("log", rows(shown, redact), headings=False)
        count = len(shown)
        if follow:
            for lines in follow_log(log, shown, ended=ended, patience=surroundings(target, reporter).patience()):
                count += len(lines)
                reporter.table("log", rows(lines, redact), headings=False)
        facts = {} if count else {"log": "no lines"}
        reporter.finish("result", facts, name=deployment.name, revision_id=revision_id, count=count)
