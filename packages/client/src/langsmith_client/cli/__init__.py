"""The command line. Starting it imports click and nothing else of weight: each command loads what it needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import click

# One module a command; the line is shown by --help without loading the module.
COMMANDS = {
    "apply": "Deploy the agents of the langsmith.toml in waves, or just what a saved plan says.",
    "build": "Build an agent's image without pushing it.",
    "completion": "Print the script that teaches a shell to complete commands.",
    "delete": "Delete a deployment and wait until it is gone.",
    "deploy": "Build, push and deploy an agent, and prove that it is served.",
    "diff": "Show what differs between two revisions, and the commits in between.",
    "doctor": "Look for what would keep a deploy from working.",
    "env": "Show and change the variables of a deployment, without showing values.",
    "history": "List a deployment's revisions with the commit each was built from.",
    "init": "Write a langsmith.toml: the agents found, and a target to deploy them to.",
    "listeners": "Look at the clusters that run the workspace's agents.",
    "logs": "Show what the control plane saw of a deployment's rollouts.",
    "ls": "List every deployment: its image, its commit and what is really served.",
    "outdated": "List agents whose folder or base image is not what is deployed.",
    "plan": "Show what apply would do to the agents of the langsmith.toml, and why.",
    "push": "Build and push an agent's image without deploying it.",
    "rollback": "Go back to an earlier revision's image, and prove that it is served.",
    "status": "Show a deployment, its newest revision and what is really served.",
    "wait": "Wait for a revision, and prove that it is served.",
}
GROUPS = frozenset({"env", "listeners"})
"""Those of them that have commands of their own."""

_NAME = "langsmith-client"
_AS_JSON = f"{__name__}.as_json"


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run.

    Args:
        package: Each command is the `command` in the module of its name there.

    Attributes:
        summaries: The commands in the order of --help, each with its line.
    """

    def __init__(self, *args: Any, package: str, summaries: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._package = package
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of --help."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in self.summaries:
            return None
        return importlib.import_module(f"{self._package}.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of --help, with the commands of groups below their group."""
        lines: list[tuple[str, str]] = []
        for name, summary in self.summaries.items():
            lines.append((name, summary))
            if name in GROUPS and isinstance(group := self.get_command(ctx, name), LazyGroup):
                lines += [(f"  {name} {inner}", text) for inner, text in group.summaries.items()]
        with formatter.section("Commands"):
            formatter.write_dl(lines)


class _Program(LazyGroup):
    """The whole program: what every command does when it is called wrongly, or when we are wrong."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether machines read the answer."""
        ctx.meta[_AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; where machines read, its wrong use and a no to its question are events as well."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if not ctx.meta[_AS_JSON]:
                raise
            command = error.ctx.command_path if error.ctx else _NAME
            _tell_machines(ctx, error.format_message(), f"See `{command} --help`.", error.exit_code)
        except click.Abort:
            if not ctx.meta[_AS_JSON]:
                raise
            _tell_machines(ctx, "It was not confirmed, so nothing was changed.", "Confirm it, or give --yes.", 1)

    def main(self, *positional: Any, **options: Any) -> Any:
        """Run the program; a defect of ours is two sentences and no traceback, whose values might be secrets."""
        try:
            return super().main(*positional, **options)
        except Exception as error:  # noqa: BLE001 - there is nobody left to handle it
            from langsmith_client.cli.defect import tell

            arguments = positional[0] if positional else options.get("args")
            tell(error, sys.argv if arguments is None else arguments)
            sys.exit(1)


def _tell_machines(ctx: click.Context, what: str, remedy: str, exit_code: int) -> NoReturn:
    from langsmith_client.errors import ClientError, UsageError
    from langsmith_client.progress import JsonReporter

    kind = UsageError if exit_code == UsageError.exit_code else ClientError
    JsonReporter(sys.stdout).fail(kind(what, remedy))
    ctx.exit(exit_code)


@click.group(
    cls=_Program,
    name=_NAME,
    package=__name__,
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(package_name="langsmith-client")
def main() -> None:
    """Deploy LangGraph agents to LangSmith Hybrid, and prove what is served.

    The API key comes from LANGGRAPH_HOST_API_KEY, LANGSMITH_API_KEY or LANGCHAIN_API_KEY or from a profile of
    ~/.langsmith/config.json, never from an argument.
    """
