"""The command line. Starting it imports click and nothing else of weight: each command loads what it needs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

# One module a command; the line is shown by --help without loading the module.
COMMANDS = {
    "delete": "Delete a deployment and wait until it is gone.",
    "deploy": "Build, push and deploy an agent, and prove that it is served.",
    "diff": "Show what differs between two revisions, and the commits in between.",
    "env": "Show and change the variables of a deployment, without showing values.",
    "history": "List a deployment's revisions with the commit each was built from.",
    "init": "Write a langsmith.toml: the agents found, and a target to deploy them to.",
    "logs": "Show what the control plane saw of a deployment's rollouts.",
    "ls": "List every deployment: its image, its commit and what is really served.",
    "plan": "Show what apply would do to the agents of the langsmith.toml, and why.",
    "push": "Build and push an agent's image without deploying it.",
    "rollback": "Go back to an earlier revision's image, and prove that it is served.",
    "status": "Show a deployment, its newest revision and what is really served.",
    "wait": "Wait for a revision, and prove that it is served.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run.

    Args:
        package: Each command is the `command` in the module of its name there.
        summaries: The commands in the order of --help, each with its line.
    """

    def __init__(self, *args: Any, package: str, summaries: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._package = package
        self._summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of --help."""
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in self._summaries:
            return None
        return importlib.import_module(f"{self._package}.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of --help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))


@click.group(
    cls=LazyGroup, package=__name__, summaries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="langsmith-client")
def main() -> None:
    """Deploy LangGraph agents to LangSmith Hybrid, and prove what is served.

    The API key comes from LANGGRAPH_HOST_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY, never from an argument.
    """
