"""`langsmith-client deploy`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("deploy")
@options.project
@options.image
@click.option("--listener-id", metavar="UUID", help="Listener that runs it; needed the first time, else the target's.")
@click.option("--k8s-namespace", metavar="NAMESPACE", help="One of the listener's namespaces; likewise.")
@click.option("--env-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="NAME=value lines.")
@click.option("--image-pull-secret", multiple=True, metavar="NAME", help="Kubernetes Secret to pull the image with.")
@click.option("--resource", multiple=True, metavar="FIELD=VALUE", help="Field of the resource specification.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.where
@options.output
def command(as_json: bool, **flags: Any) -> None:
    """Build, push and deploy the agent in PATH, follow its own revision, and prove that the pods serve it.

    An agent that already is what is wanted is left alone: nothing is built, pushed or revised.
    """
    from langsmith_client.cli.session import reporting

    with reporting(as_json=as_json) as reporter:
        _deploy(reporter, **flags)


def _deploy(
    reporter: Any,
    *,
    path: Path,
    config: str,
    name: str | None,
    version_label: str | None,
    push_to: str | None,
    builder: str,
    platform: str | None,
    listener_id: str | None,
    k8s_namespace: str | None,
    env_file: Path | None,
    image_pull_secret: tuple[str, ...],
    resource: tuple[str, ...],
    wait: bool,
    wait_timeout: float,
    where: Where,
) -> None:
    from langsmith_client.cli.session import connected, publish_image, read_project, surroundings
    from langsmith_client.deploy import Wish, deploy
    from langsmith_client.environment.local import local_environment
    from langsmith_client.resources import resource_fields
    from langsmith_client.target.control_plane import Place

    place = Place.of(listener_id, k8s_namespace)
    resources = resource_fields(resource, image_pull_secret)
    project = read_project(path, config, name, version_label, reporter)
    environment = local_environment(project.config, env_file)
    for note in environment.notes:
        reporter.say("note", note)
    wish = Wish(project.name, environment.values, resources, wait, wait_timeout)
    with connected(where, place) as target:
        deploy(
            wish,
            lambda: publish_image(project, where, push_to, builder, platform, reporter),
            surroundings(target, reporter),
        )
