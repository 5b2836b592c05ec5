"""`langsmith-client history`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("history")
@click.argument("agent", metavar="PATH|NAME")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Revisions at most.")
@options.where
@options.output
def command(agent: str, limit: int, where: Where, as_json: bool) -> None:
    """List the revisions of a deployment, newest first, with the commit each was built from.

    A star marks the active one. Tag, commit, version and dirty are what the image's own labels say; what they do not
    say, or what the registry no longer has, is unknown.
    """
    import datetime as dt

    from langsmith_client.cli.looking import deployment_name, identities
    from langsmith_client.cli.session import connected, existing, reporting
    from langsmith_client.history import history, rows

    with reporting(as_json=as_json) as reporter, connected(where) as target, identities() as known:
        deployment = existing(target, deployment_name(agent))
        entries = history(target, known, deployment, limit=limit)
        reporter.table("revision", rows(entries, dt.datetime.now(dt.UTC)))
        for problem in dict.fromkeys(each.identity.problem for each in entries if each.identity.problem):
            reporter.say("note", problem)
        facts = {} if entries else {"revisions": "none"}
        active = deployment.active_revision_id
        reporter.finish("result", facts, name=deployment.name, count=len(entries), active_revision_id=active)
