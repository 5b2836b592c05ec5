"""`langsmith-client env push`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.cli.wishing import EnvironmentFlags
    from langsmith_client.where import Where


@click.command("push")
@click.argument("agent", metavar="PATH|NAME", default=".")
@options.environment
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.where
@options.output
def command(
    agent: str,
    environment: EnvironmentFlags,
    wait: bool,
    wait_timeout: float,
    where: Where,
    as_json: bool,
) -> None:
    """Deploy the variables of the agent in a folder, and keep the image that runs.

    They are merged as a deploy merges them: what others set stays.
    """
    from langsmith_client.cli.env.agent import named
    from langsmith_client.cli.env.rollout import Rollout
    from langsmith_client.cli.session import connected, reporting
    from langsmith_client.environment.plan import plan_environment

    rollout = Rollout(agent, where, wait, wait_timeout)
    with reporting(as_json=as_json) as reporter, connected(where) as target:
        name, config = named(agent)
        wish = environment.wish(name, config, where, reporter)
        rollout.carry_out(name, lambda there: plan_environment(wish, there), target, reporter)
