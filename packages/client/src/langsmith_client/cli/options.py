"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def together(*options: Decorator) -> Decorator:
    """Several options as one decorator, in the order of --help."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON lines (schema 1) on standard output.")

host_url = click.option(
    "--host-url", metavar="URL", help="Control plane; else LANGGRAPH_HOST_URL, LANGSMITH_ENDPOINT, the US region."
)

project = together(
    click.argument("path", type=click.Path(exists=True, path_type=Path), default="."),
    click.option("-c", "--config", default="langgraph.json", show_default=True, help="Configuration file in PATH."),
    click.option("--name", metavar="NAME", help="Deployment; else LANGSMITH_DEPLOYMENT_NAME, the project's name."),
    click.option("--version-label", metavar="VERSION", help="Version of the agent; else that of its pyproject.toml."),
)

image = together(
    click.option("--push-to", required=True, metavar="REPO", help="Repository of the image, without a tag."),
    click.option("--builder", type=click.Choice(["auto", "docker", "layers"]), default="auto", show_default=True),
    click.option("--platform", default="linux/amd64", show_default=True, metavar="PLATFORM"),
)

waiting = together(
    click.option("--wait-timeout", type=click.FloatRange(min=0), default=1800.0, show_default=True, metavar="SECONDS"),
)
