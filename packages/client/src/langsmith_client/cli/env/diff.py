"""`langsmith-client env diff`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.cli.wishing import EnvironmentFlags
    from langsmith_client.where import Where


@click.command("diff")
@click.argument("agent", metavar="PATH|NAME", default=".")
@options.environment
@options.where
@options.output
def command(
    agent: str,
    environment: EnvironmentFlags,
    where: Where,
    as_json: bool,
) -> None:
    """Compare the variables of the agent in a folder with those its deployment has.

    DEPLOY says what the next deploy would do. Equal hashes in HERE and THERE are equal values; they are salted anew
    each time, so that they tell nothing else.
    """
    from langsmith_client.cli.env.agent import named
    from langsmith_client.cli.session import connected, existing, reporting
    from langsmith_client.environment.comparison import rows
    from langsmith_client.environment.fingerprint import Fingerprints
    from langsmith_client.environment.plan import compare

    with reporting(as_json=as_json) as reporter, connected(where) as target:
        name, config = named(agent)
        wish = environment.wish(name, config, where, reporter)
        deployment = existing(target, name)
        plan = compare(wish, deployment)
        reporter.table("variable", rows(plan, deployment, Fingerprints()))
        reporter.finish(
            "result",
            {} if plan.variables.verdicts or plan.references.verdicts else {"variables": "none"},
            name=name,
            deployment_id=deployment.id,
            changes=bool(plan.reasons),
            conflicts=plan.conflicts,
        )
