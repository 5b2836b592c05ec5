"""``langsmith-sandbox``: one module a command, imported only when that command is called."""

from __future__ import annotations

import importlib
import json
import sys

import click

_COMMANDS = {
    "start": "Start the sandbox, building its tools if they are missing.",
    "stop": "Stop the sandbox and keep its state.",
    "status": "Say which parts run, and where they answer.",
    "env": "Print the environment that points tools at the sandbox.",
    "fault": "Let the control plane fail as the real one may.",
    "logs": "Show what the parts say.",
    "reset": "Stop the sandbox and delete its state.",
    "toolchain": "Build the tools that are missing and say where they are.",
    "up": "Stand up LangSmith Hybrid in the sandbox and ask its agent a question.",
    "down": "Tear all of it down and prove that nothing is left.",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        return importlib.import_module(f"{__name__}.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_LazyGroup)
def cli() -> None:
    """AWS, EKS, a registry and the LangSmith control plane as local processes."""


def main() -> None:
    """Run the command line; every foreseen error is one line on what happened and one on what to do."""
    from langsmith_sandbox.errors import SandboxError

    try:
        cli(standalone_mode=False)
    except SandboxError as error:
        if "--json" in sys.argv:
            click.echo(json.dumps({"error": error.what, "remedy": error.remedy}))
        click.echo(f"Error: {error.what}\n{error.remedy}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
