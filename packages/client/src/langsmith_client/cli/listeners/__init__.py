"""`langsmith-client listeners`: the clusters that run a workspace's agents."""

from __future__ import annotations

import click

from langsmith_client.cli import LazyGroup

COMMANDS = {
    "list": "List them, with namespaces and the number of deployments.",
    "show": "Show one, and the deployments on it.",
}


@click.group("listeners", cls=LazyGroup, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Look at the workspace's listeners: the clusters that run its agents."""
