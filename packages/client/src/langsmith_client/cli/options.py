"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from langsmith_client.cli.imaging import ImageFlags
from langsmith_client.cli.wishing import EnvironmentFlags
from langsmith_client.where import Where

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def together(*options: Decorator) -> Decorator:
    """Several options as one decorator, in the order of --help."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


NO_INPUT = f"{__name__}.no_input"
"""Key in the context's `meta`: true when --no-input was given."""


def _be_verbose(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's signature
    if value:
        from langsmith_client.cli.verbose import telling_everything

        ctx.with_resource(telling_everything())


def _no_input(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's signature
    ctx.meta[NO_INPUT] = value


output = together(
    click.option("--json", "as_json", is_flag=True, help="Print JSON lines (schema 1) on standard output."),
    click.option("--no-input", is_flag=True, expose_value=False, callback=_no_input, help="Never ask anything."),
    click.option(
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_be_verbose,
        help="Say where every setting comes from (never the key).",
    ),
)


def _as_where(*options: Decorator) -> Decorator:
    """Options that reach the command as one `where`, with the folder to look for the langsmith.toml from."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_where(**given: Any) -> Any:
            flags = {field: given.pop(field, None) for field in ("target", "host_url", "region", "profile")}
            if flags["host_url"] and flags["region"]:
                raise click.UsageError("--host-url and --region both name the control plane; give one of them.")
            agent = Path(given.get("path") or given.get("agent") or ".")
            return function(where=Where(**flags, start=agent if agent.exists() else Path()), **given)

        return together(*options)(with_where)

    return decorate


def _targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from langsmith_client.cli.completing import targets

    return targets(ctx, param, incomplete)


def _profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from langsmith_client.cli.completing import profiles

    return profiles(ctx, param, incomplete)


_target = click.option(
    "--target",
    metavar="NAME",
    shell_complete=_targets,
    help="A target of the langsmith.toml beside the agent or above it.",
)

target = _as_where(_target)

where = _as_where(
    _target,
    click.option(
        "--host-url", metavar="URL", help="Control plane; else LANGGRAPH_HOST_URL, LANGSMITH_ENDPOINT, the US region."
    ),
    click.option("--region", type=click.Choice(["us", "eu", "apac", "aws"]), help="One of LangSmith's own regions."),
    click.option(
        "--profile",
        metavar="NAME",
        shell_complete=_profiles,
        help="A profile of ~/.langsmith/config.json; else LANGSMITH_PROFILE.",
    ),
)

project = together(
    click.argument("path", type=click.Path(exists=True, path_type=Path), default="."),
    click.option("-c", "--config", default="langgraph.json", show_default=True, help="Configuration file in PATH."),
    click.option("--name", metavar="NAME", help="Deployment; else LANGSMITH_DEPLOYMENT_NAME, the project's name."),
    click.option("--version-label", metavar="VERSION", help="Version of the agent; else the project's own."),
)


def _as_environment(*options: Decorator) -> Decorator:
    """Options that reach the command as one `environment`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_environment(**given: Any) -> Any:
            flags = {field: given.pop(field) for field in ("env_file", "secret_ref", "env_conflict")}
            return function(environment=EnvironmentFlags(**flags), **given)

        return together(*options)(with_environment)

    return decorate


environment = _as_environment(
    click.option(
        "--env-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="NAME=value lines; else the `env` of langgraph.json.",
    ),
    click.option(
        "--secret-ref",
        multiple=True,
        metavar="NAME=SECRET:KEY",
        help="A variable from a Kubernetes Secret. Those given are all that stay of those deployed before.",
    ),
    click.option(
        "--env-conflict",
        type=click.Choice(["local", "remote"]),
        help="Who is right about a variable that was changed both here and elsewhere; else it is an error.",
    ),
)

builder = click.option("--builder", type=click.Choice(["auto", "docker", "layers"]), default="auto", show_default=True)


def _docker_arguments(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001
    if value and not value[0].startswith("-"):
        raise click.UsageError(f"Got unexpected extra argument ({value[0]})")
    return value


def _as_image(*options: Decorator) -> Decorator:
    """Options that reach the command as one `image`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def with_image(**given: Any) -> Any:
            flags = {field.name: given.pop(field.name) for field in fields(ImageFlags) if field.name in given}
            return function(image=ImageFlags(**flags), **given)

        return together(*options)(with_image)

    return decorate


_making = (
    builder,
    click.option("--platform", metavar="PLATFORM", help="Else the target's, else linux/amd64."),
    click.option("--base-image", metavar="IMAGE", help="Instead of the one langgraph.json leads to; may be a digest."),
    click.option("--allow-dirty", is_flag=True, help="Build in CI although no commit explains the files."),
    click.argument(
        "arguments",
        metavar="[-- DOCKER-ARGUMENTS]",
        nargs=-1,
        type=click.UNPROCESSED,
        callback=_docker_arguments,
    ),
)

making = _as_image(*_making)

image = _as_image(
    click.option("--push-to", metavar="REPO", help="Repository of the image, without a tag; else the target's."),
    *_making,
    click.option("--force-rebuild", is_flag=True, help="Build although it is in the registry; the tag gets -r<n>."),
)

waiting = together(
    click.option("--wait-timeout", type=click.FloatRange(min=0), default=1800.0, show_default=True, metavar="SECONDS"),
)

proof = together(
    click.option(
        "--require-proof/--no-require-proof",
        default=True,
        show_default=True,
        help="Whether a revision that the agent's own /info does not confirm is an error (23).",
    ),
    click.option("--smoke", metavar="INPUT", help="Let the agent run once: a JSON object, or a user's message."),
    click.option("--smoke-graph", metavar="GRAPH", help="The graph to run, where there are several."),
)


def proof_flags(require_proof: bool, smoke: str | None, smoke_graph: str | None) -> tuple[str, ...]:
    """The options of `proof` as they would be typed again."""
    flags = () if require_proof else ("--no-require-proof",)
    return flags if smoke is None else (*flags, "--smoke", smoke, "--smoke-graph", str(smoke_graph))
