"""`langsmith-client env`: the variables of a deployment. Values are read from it and sent to it, and never printed."""

from __future__ import annotations

import click

from langsmith_client.cli import LazyGroup

COMMANDS = {
    "diff": "Compare the variables here with those of the deployment.",
    "pull": "Write the deployment's variables into a file.",
    "push": "Make the deployment's variables those of the agent's folder.",
    "set": "Set single variables.",
    "unset": "Remove single variables.",
}


@click.group("env", cls=LazyGroup, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Show and change the variables of a deployment, without showing values.

    A variable that is set here by hand, or elsewhere, stays when the agent is deployed again.
    """
