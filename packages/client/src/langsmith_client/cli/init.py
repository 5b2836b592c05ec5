"""`langsmith-client init`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_client.cli import options


@click.command("init")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("--target", "name", metavar="NAME", help="What to call the target; else the stack's name, or `dev`.")
@click.option("--from-stack", metavar="FOLDER:STACK", help="Fill the target from a hosting stack's outputs.")
@click.option("--force", is_flag=True, help="Replace a langsmith.toml that is there.")
@click.option("--stdout", is_flag=True, help="Print the file instead of writing it.")
@options.output
def command(path: Path, name: str | None, from_stack: str | None, force: bool, stdout: bool, as_json: bool) -> None:
    """Write a langsmith.toml into PATH: the agents found there, and a target to deploy them to."""
    from langsmith_client.cli.session import reporting
    from langsmith_client.errors import ProjectError
    from langsmith_client.hosting_stack import HostingStack
    from langsmith_client.langsmith_toml import FILE_NAME, TargetEntry, parse_fleet
    from langsmith_client.starter import find_agents, langsmith_toml

    with reporting(as_json=as_json) as reporter:
        file = path / FILE_NAME
        if file.exists() and not (force or stdout):
            remedy = "See with --stdout what would be written, and replace it with --force."
            raise ProjectError([f"{file} is there already, and it is yours."], remedy)
        target = HostingStack.parse(from_stack).target(name) if from_stack else TargetEntry(name=name or "dev")
        found = find_agents(path)
        for problem in found.problems:
            reporter.say("note", problem)
        text = langsmith_toml(target, found.agents)
        parse_fleet(text, file)
        if stdout:
            reporter.finish("result", {}, path=str(file), written=False, text=text)
            click.echo("" if as_json else text, nl=False)
            return
        file.write_text(text, encoding="utf-8")
        reporter.finish(
            "result",
            {
                "wrote": str(file),
                "target": f"{target.name} ({'from ' + from_stack if from_stack else 'to be filled in'})",
                "agents": ", ".join(found.agents) or "none found",
            },
            path=str(file),
            written=True,
            target=target.name,
            agents=list(found.agents),
        )
