"""`langsmith-client env unset`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.target.protocol import Deployment
    from langsmith_client.where import Where


@click.command("unset")
@click.argument("agent", metavar="PATH|NAME")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.where
@options.output
def command(agent: str, names: tuple[str, ...], wait: bool, wait_timeout: float, where: Where, as_json: bool) -> None:
    """Remove variables and secret references of a deployment by one revision of the image it has.

    A name that is not there is no error. What the agent's folder has comes back with the next deploy.
    """
    from langsmith_client.cli.env.agent import named
    from langsmith_client.cli.env.rollout import Rollout
    from langsmith_client.cli.session import connected, reporting
    from langsmith_client.environment.edit import edit

    rollout = Rollout(agent, where, wait, wait_timeout)
    with reporting(as_json=as_json) as reporter, connected(where) as target:

        def plan_for(there: Deployment) -> EnvironmentPlan:
            known = there.environment.keys() | {each.name for each in there.references}
            if missing := sorted(set(names) - known):
                reporter.say("note", f"{there.name} has no {', '.join(missing)}")
            return edit(there, variables={}, removed=names)

        rollout.carry_out(named(agent)[0], plan_for, target, reporter)
