"""`langsmith-client push`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_client.cli.imaging import ImageFlags
    from langsmith_client.where import Where


@click.command("push")
@options.project
@options.image
@options.target
@options.output
def command(
    path: Path,
    config: str,
    name: str | None,
    version_label: str | None,
    image: ImageFlags,
    where: Where,
    as_json: bool,
) -> None:
    """Build and push the image of the agent in PATH, unless its tag is in the registry already."""
    from langsmith_client.cli.session import publish_image, read_project, reporting

    with reporting(as_json=as_json) as reporter:
        project = read_project(path, config, name, version_label, reporter)
        published = publish_image(project, where, image, reporter)
        shown = f"{project.name}:{published.image.reference}"
        reporter.finish(
            "result",
            {"image": shown, "digest": published.digest, "pull as": published.by_digest},
            name=project.name,
            image=shown,
            image_uri=published.by_digest,
            digest=published.digest,
            built=not published.reused,
        )
