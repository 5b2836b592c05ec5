"""`langsmith-client deploy`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from langsmith_client.cli import options


@click.command("deploy")
@options.project
@options.image
@click.option("--listener-id", metavar="UUID", help="Listener that runs it; needed the first time.")
@click.option("--k8s-namespace", metavar="NAMESPACE", help="One of the listener's namespaces; needed the first time.")
@click.option("--env-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="NAME=value lines.")
@click.option("--image-pull-secret", multiple=True, metavar="NAME", help="Kubernetes Secret to pull the image with.")
@click.option("--resource", multiple=True, metavar="FIELD=VALUE", help="Field of the resource specification.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.host_url
@click.option("--no-input", is_flag=True, help="Accepted for scripts; this command never asks.")
@options.as_json
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
    push_to: str,
    builder: str,
    platform: str,
    listener_id: str | None,
    k8s_namespace: str | None,
    env_file: Path | None,
    image_pull_secret: tuple[str, ...],
    resource: tuple[str, ...],
    wait: bool,
    wait_timeout: float,
    host_url: str | None,
    no_input: bool,  # noqa: ARG001 - nothing here ever asks
) -> None:
    from langsmith_client.cli.session import connected, publish_image, read_project, surroundings
    from langsmith_client.deploy import Wish, deploy
    from langsmith_client.environment import local_environment
    from langsmith_client.resources import resource_fields
    from langsmith_client.target.control_plane import Place

    place = Place.of(listener_id, k8s_namespace)
    resources = resource_fields(resource, image_pull_secret)
    project = read_project(path, config, name, version_label, reporter)
    environment = local_environment(project.config, env_file)
    for note in environment.notes:
        reporter.say("note", note)
    wish = Wish(project.name, environment.values, resources, wait, wait_timeout)
    with connected(host_url, place) as target:
        deploy(
            wish,
            lambda: publish_image(project, push_to, builder, platform, reporter),
            surroundings(target, reporter),
        )
