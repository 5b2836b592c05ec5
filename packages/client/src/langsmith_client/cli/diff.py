"""`langsmith-client diff`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("diff")
@click.argument("agent", metavar="PATH|NAME")
@click.argument("revisions", metavar="[REV [REV]]", nargs=-1)
@click.option(
    "--clone",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Clone to look for the commits in; else the agent's folder, the current one.",
)
@options.where
@options.output
def command(agent: str, revisions: tuple[str, ...], clone: Path | None, where: Where, as_json: bool) -> None:
    """Show what differs between two revisions: their images, what those were built from, and the commits in between.

    With one REV it is compared with the active one, with none the newest with what was deployed before it. A REV is
    an id or its first characters, a commit, or a tag.
    """
    from functools import partial

    from langsmith_client.cli.looking import clone_of, deployment_name, identities
    from langsmith_client.cli.session import connected, existing, reporting
    from langsmith_client.commits import commits_between
    from langsmith_client.comparison import compare, facts, fields, sides
    from langsmith_client.environment.departure import taken_away, told
    from langsmith_client.history import history
    from langsmith_client.selection import SEARCHED

    if len(revisions) > 2:
        raise click.UsageError("At most two revisions can be compared.")
    with reporting(as_json=as_json) as reporter, connected(where) as target, identities() as known:
        deployment = existing(target, deployment_name(agent))
        entries = history(target, known, deployment, limit=SEARCHED)
        old, new = sides(entries, deployment.name, revisions)
        found = compare(old, new, partial(commits_between, clone.absolute() if clone else clone_of(agent)))
        for problem in dict.fromkeys(each.identity.problem for each in (old, new) if each.identity.problem):
            reporter.say("note", problem)
        if gone := taken_away(deployment):
            reporter.say("note", told(gone), variables=list(gone))
        reporter.finish("result", facts(found, deployment), **fields(found, deployment))
