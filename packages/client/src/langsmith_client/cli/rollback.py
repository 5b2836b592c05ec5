"""`langsmith-client rollback`"""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.history import Entry
    from langsmith_client.progress import Reporter
    from langsmith_client.rollback import Outcome
    from langsmith_client.target.protocol import Deployment
    from langsmith_client.where import Where


@click.command("rollback")
@click.argument("agent", metavar="PATH|NAME")
@click.argument("revision", metavar="[REV]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--unchecked", is_flag=True, help="Do not ask the registry first, for when it cannot be reached from here."
)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.where
@options.output
def command(as_json: bool, yes: bool, **flags: Any) -> None:
    """Go back to the image of an earlier revision, show first what that changes, then follow and prove it.

    REV is the id of a revision or its first characters, a commit, or a tag; without it, the last revision that was
    deployed with another image than the newest. Variables and resources stay as they are today.
    """
    from langsmith_client.cli.asking import may_ask
    from langsmith_client.cli.session import reporting

    if not yes and not may_ask():
        raise click.UsageError("There is nobody to ask: give --yes to roll back.")
    with reporting(as_json=as_json) as reporter:
        _roll_back(reporter, yes=yes, **flags)


def _roll_back(
    reporter: Reporter,
    *,
    agent: str,
    revision: str | None,
    yes: bool,
    unchecked: bool,
    wait: bool,
    wait_timeout: float,
    where: Where,
) -> None:
    from langsmith_client.cli.asking import confirm
    from langsmith_client.cli.looking import clone_of, deployment_name, identities, registries
    from langsmith_client.cli.session import connected, existing, surroundings
    from langsmith_client.commits import commits_between
    from langsmith_client.comparison import compare, facts, fields
    from langsmith_client.history import history
    from langsmith_client.resume import Resume
    from langsmith_client.rollback import check_image, goal, is_there, roll_back
    from langsmith_client.selection import SEARCHED
    from langsmith_client.witness import insist

    with connected(where) as target, identities() as known:
        deployment = existing(target, deployment_name(agent))
        entries = history(target, known, deployment, limit=SEARCHED)
        wanted = goal(entries, deployment.name, revision)
        if not unchecked:
            with registries() as registry:
                check_image(registry, wanted)
        preview = compare(entries[0], wanted, partial(commits_between, clone_of(agent)))
        changes = "".join(f"\n    {label:<11} {value}" for label, value in facts(preview, deployment).items())
        reporter.say("preview", f"what going back changes:{changes}", **fields(preview, deployment))
        if not yes and not is_there(deployment, wanted):
            confirm("Roll back?")
        around = dataclasses.replace(surroundings(target, reporter), resume=Resume.of(where, agent=agent))
        outcome = roll_back(target, deployment, wanted, around, wait=wait, timeout=wait_timeout)
        resume = "" if wait else around.resume(deployment.name, outcome.seen.revision.id)
        _report(reporter, deployment, wanted, outcome, resume)
        if wait:
            insist(deployment.name, outcome.seen)


def _report(reporter: Reporter, deployment: Deployment, wanted: Entry, outcome: Outcome, resume: str) -> None:
    seen = outcome.seen
    reporter.finish(
        "result",
        {
            "deployment": f"{deployment.name} ({'rolled back' if outcome.changed else 'unchanged'})",
            "image": f"{wanted.identity.shown}, {wanted.revision.image}",
            "revision": f"{seen.revision.id} ({seen.revision.status}{', served' if seen.proof.proven else ''})",
            "url": seen.url or "not known yet",
            **({"follow with": resume} if resume else {}),
        },
        name=deployment.name,
        deployment_id=deployment.id,
        changed=outcome.changed,
        restored_revision_id=wanted.revision.id,
        revision_id=seen.revision.id,
        status=seen.revision.status,
        image_uri=wanted.revision.image,
        commit=wanted.identity.commit,
        changed_variables=list(outcome.variables),
        proven=seen.proof.proven,
        url=seen.url,
        resume=resume,
    )
