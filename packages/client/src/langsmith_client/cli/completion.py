"""`langsmith-client completion`"""

from __future__ import annotations

import click

_PROGRAM = "langsmith-client"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that teaches a shell to complete commands, options, targets and profiles.

    \b
    bash: langsmith-client completion bash > ~/.local/share/bash-completion/completions/langsmith-client
    zsh:  langsmith-client completion zsh > "${fpath[1]}/_langsmith-client"
    fish: langsmith-client completion fish > ~/.config/fish/completions/langsmith-client.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    variable = f"_{_PROGRAM.replace('-', '_').upper()}_COMPLETE"
    click.echo(kind(ctx.find_root().command, {}, _PROGRAM, variable).source())
