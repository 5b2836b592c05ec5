"""`langsmith-client env set`"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("set")
@click.argument("agent", metavar="PATH|NAME")
@click.argument("assignments", metavar="[NAME=-|NAME@FILE]...", nargs=-1)
@click.option("--from-env", multiple=True, metavar="NAME", help="Take the value from this command's own environment.")
@click.option(
    "--plain",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value that is no secret: it shows in the list of processes and in the shell's history.",
)
@click.option("--secret-ref", multiple=True, metavar="NAME=SECRET:KEY", help="A variable from a Kubernetes Secret.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.where
@options.output
def command(
    agent: str,
    assignments: tuple[str, ...],
    from_env: tuple[str, ...],
    plain: tuple[str, ...],
    secret_ref: tuple[str, ...],
    wait: bool,
    wait_timeout: float,
    where: Where,
    as_json: bool,
) -> None:
    """Set variables of a deployment by one revision of the image it has.

    NAME=- reads the value from standard input, NAME@FILE from a file; a line break at its end is left out. Deploys
    keep what is set here, and stop where the agent's folder changes the same name.
    """
    from langsmith_client.cli.env.agent import named
    from langsmith_client.cli.env.rollout import Rollout
    from langsmith_client.cli.session import connected, reporting
    from langsmith_client.environment.assignments import only_one_from_stdin, read_assignments
    from langsmith_client.environment.edit import edit
    from langsmith_client.environment.references import parse_references

    if not (assignments or from_env or plain or secret_ref):
        raise click.UsageError("Nothing to set.")
    ask = _prompt if sys.stdin.isatty() else only_one_from_stdin(lambda _: sys.stdin.read())
    rollout = Rollout(agent, where, wait, wait_timeout)
    with reporting(as_json=as_json) as reporter:
        references = parse_references(secret_ref)
        values = read_assignments(assignments, from_environment=from_env, plain=plain, environ=os.environ, ask=ask)
        name, _ = named(agent)
        with connected(where) as target:
            rollout.carry_out(
                name, lambda there: edit(there, variables=values, references=references), target, reporter
            )


def _prompt(name: str) -> str:
    if click.get_current_context().meta.get(options.NO_INPUT):
        raise click.UsageError(f"The value of {name} is to come from standard input, which is a terminal.")
    return click.prompt(f"Value of {name}", hide_input=True, err=True)
