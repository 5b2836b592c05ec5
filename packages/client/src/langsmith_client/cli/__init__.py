"""The command line. Starting it imports click and nothing else of weight: each command loads what it needs."""

from __future__ import annotations

import importlib

import click

# One module a command; the line is shown by --help without loading the module.
COMMANDS = {
    "delete": "Delete a deployment and wait until it is gone.",
    "deploy": "Build, push and deploy an agent, and prove that it is served.",
    "history": "List a deployment's revisions with the commit each was built from.",
    "init": "Write a langsmith.toml: the agents found, and a target to deploy them to.",
    "ls": "List every deployment: its image, its commit and what is really served.",
    "push": "Build and push an agent's image without deploying it.",
    "status": "Show a deployment, its newest revision and what is really served.",
    "wait": "Wait for a revision, and prove that it is served.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of --help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"langsmith_client.cli.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of --help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="langsmith-client")
def main() -> None:
    """Deploy LangGraph agents to LangSmith Hybrid, and prove what is served.

    The API key comes from LANGGRAPH_HOST_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY, never from an argument.
    """
