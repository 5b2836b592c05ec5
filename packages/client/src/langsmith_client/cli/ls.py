"""`langsmith-client ls`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("ls")
@options.where
@options.output
def command(where: Where, as_json: bool) -> None:
    """List every deployment of the workspace: its newest revision, the image that runs, and what is really served.

    TAG, DIRTY and DIGEST are of the revision that should run, STATUS and AGE of the newest one. SERVED says which of
    them the agent itself reports.
    """
    import datetime as dt

    from langsmith_client.cli.looking import identities
    from langsmith_client.cli.session import connected, reporting
    from langsmith_client.listing import list_agents, rows
    from langsmith_client.proof import ask

    with reporting(as_json=as_json) as reporter, connected(where) as target, identities() as known:
        agents = list_agents(target, known, probe=ask)
        reporter.table("deployment", rows(agents, dt.datetime.now(dt.UTC)))
        for problem in dict.fromkeys(each.problem or each.identity.problem for each in agents):
            if problem:
                reporter.say("note", problem)
        unknown = sum(1 for each in agents if each.problem)
        reporter.finish("result", {} if agents else {"deployments": "none"}, count=len(agents), unknown=unknown)
