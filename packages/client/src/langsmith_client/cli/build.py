"""`langsmith-client build`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.cli.imaging import ImageFlags
    from langsmith_client.where import Where


@click.command("build")
@options.project
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write an OCI image layout: an archive if it ends in .tar, else a folder.",
)
@options.making
@options.target
@options.output
def command(
    path: Path,
    config: str,
    name: str | None,
    version_label: str | None,
    output: Path | None,
    image: ImageFlags,
    where: Where,
    as_json: bool,
) -> None:
    """Build the image of the agent in PATH without pushing it.

    With docker it is loaded into the daemon. Without docker it is made to see that it can be, and to know the digest a
    push would give it; with --output it is kept.
    """
    from langsmith_client.cli.imaging import builders
    from langsmith_client.cli.session import read_project, reporting
    from langsmith_client.image.publish import choose
    from langsmith_client.registry import Registry
    from langsmith_client.settings import cache_folder

    with reporting(as_json=as_json) as reporter, Registry.from_environment(os.environ) as registry:
        if output is not None and output.exists():
            raise click.UsageError(f"{output} exists; name a place that does not.")
        request = image.request(
            read_project(path, config, name, version_label, reporter), where, os.environ, local=True
        )

        def say(text: str) -> None:
            reporter.say("build", text)

        builder = choose(request, builders(registry, cache_folder(os.environ)), image.builder, say)
        built = builder.build(request, output, say)
        shown = f"{request.project.name}:{request.image.reference}"
        digest = {"digest": built.digest} if built.digest else {}
        reporter.finish(
            "result",
            {"image": shown, **digest, "place": built.place},
            name=request.project.name,
            image=shown,
            digest=built.digest,
            builder=builder.name,
            output=str(output) if output else None,
        )
