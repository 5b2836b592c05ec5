"""``langsmith-sandbox up``."""

from __future__ import annotations

import click

from langsmith_sandbox.cli.output import emit, json_option


@click.command("up")
@click.option("--with-firewall", is_flag=True, help="Have a partner's firewalls let the agents' addresses in.")
@json_option
def command(as_json: bool, with_firewall: bool) -> None:
    """Stand up LangSmith Hybrid in the sandbox, deploy the hello-world agent, and print its answer."""
    import dataclasses

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import for_stream
    from langsmith_sandbox.walkthrough.up import told, up

    story = up(WorldPaths.discover(), for_stream(), with_firewall=with_firewall)
    emit(dataclasses.asdict(story), told(story), as_json=as_json)
