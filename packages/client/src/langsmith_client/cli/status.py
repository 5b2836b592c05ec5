"""`langsmith-client status`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("status")
@click.argument("agent", metavar="PATH|NAME", default=".")
@options.where
@options.output
def command(agent: str, where: Where, as_json: bool) -> None:
    """Show the deployment of the agent in a folder, or of a name: its newest revision, and what is really served."""
    from langsmith_client.cli.session import connected, existing, reporting
    from langsmith_client.proof import ask

    with reporting(as_json=as_json) as reporter, connected(where) as target:
        deployment = existing(target, deployment_name(agent))
        newest = deployment.newest
        answer = ask(deployment.url) if deployment.url else None
        served = answer.served if answer else None
        problem = answer.reason if answer else ""
        reporter.finish(
            "status",
            {
                "deployment": f"{deployment.name} ({', '.join(f'{k} {v}' for k, v in deployment.place.items())})",
                "revision": f"{newest.id} ({newest.status})" if newest else "none",
                "image": newest.image or "unknown" if newest else "none",
                "served": (served or "unknown") + (f" ({problem})" if problem else ""),
                "url": deployment.url or "not known yet",
            },
            name=deployment.name,
            deployment_id=deployment.id,
            place=dict(deployment.place),
            deleting=deployment.deleting,
            revision_id=newest.id if newest else None,
            status=newest.status if newest else None,
            message=newest.message if newest else None,
            image_uri=newest.image if newest else None,
            served_revision_id=served,
            problem=problem,
            url=deployment.url,
        )


def deployment_name(agent: str) -> str:
    """The name behind PATH|NAME: of the agent when it is a folder that holds one, else the word itself.

    Raises:
        ProjectError: The folder's agent cannot be read.
    """
    from langsmith_client.project import CONFIG_NAME, load_project

    folder = Path(agent)
    if (folder / CONFIG_NAME).is_file() or folder.name == CONFIG_NAME:
        return load_project(folder, environ=os.environ).name
    return agent
