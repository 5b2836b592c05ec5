"""`langsmith-client deploy`"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.cli.imaging import ImageFlags
    from langsmith_client.cli.wishing import EnvironmentFlags
    from langsmith_client.image.publish import PublishedImage
    from langsmith_client.image_reference import ImageReference
    from langsmith_client.progress import Reporter
    from langsmith_client.project import Project
    from langsmith_client.result import Result
    from langsmith_client.where import Where

_UNCHANGED = 3  # exit code


@click.command("deploy")
@options.project
@options.image
@click.option("--image-uri", metavar="REPO@DIGEST", help="Deploy this image as it is; nothing is built or pushed.")
@click.option("--listener-id", metavar="UUID", help="Listener that runs it; needed the first time, else the target's.")
@click.option("--k8s-namespace", metavar="NAMESPACE", help="One of the listener's namespaces; likewise.")
@options.environment
@click.option("--image-pull-secret", multiple=True, metavar="NAME", help="Kubernetes Secret to pull the image with.")
@click.option("--resource", multiple=True, metavar="FIELD=VALUE", help="Field of the resource specification.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Follow the revision and prove it.")
@options.waiting
@options.proof
@click.option("--detailed-exitcode", is_flag=True, help="End with 3 where nothing had to be changed.")
@options.where
@options.output
def command(as_json: bool, **flags: Any) -> None:
    """Build, push and deploy the agent in PATH, follow its own revision, and prove that the pods serve it.

    An agent that already is what is wanted is left alone: nothing is built, pushed or revised.
    """
    from langsmith_client.cli.session import reporting

    detailed = flags.pop("detailed_exitcode")
    with reporting(as_json=as_json) as reporter:
        result = _deploy(reporter, **flags)
        if detailed and not result.changed:
            click.get_current_context().exit(_UNCHANGED)


def _deploy(
    reporter: Reporter,
    *,
    path: Path,
    config: str,
    name: str | None,
    version_label: str | None,
    image: ImageFlags,
    image_uri: str | None,
    listener_id: str | None,
    k8s_namespace: str | None,
    environment: EnvironmentFlags,
    image_pull_secret: tuple[str, ...],
    resource: tuple[str, ...],
    wait: bool,
    wait_timeout: float,
    require_proof: bool,
    smoke: str | None,
    smoke_graph: str | None,
    where: Where,
) -> Result:
    from langsmith_client.cli.session import chosen_place, connected, read_project, surroundings
    from langsmith_client.deploy import Wish, deploy
    from langsmith_client.image.given import read_given
    from langsmith_client.project import CONFIG_NAME
    from langsmith_client.resources import resource_fields
    from langsmith_client.resume import Resume
    from langsmith_client.smoke import question

    if smoke is not None and not wait:
        raise click.UsageError("--smoke asks the deployed agent, so it goes with --wait only.")
    if image_uri is not None and (image.push_to or image.force_rebuild):
        raise click.UsageError("--image-uri is about an image that is pushed already.")
    given = None if image_uri is None else read_given(image_uri)
    place = chosen_place(where, listener_id, k8s_namespace)
    flags = resource_fields(resource, image_pull_secret)
    project = read_project(path, config, name, version_label, reporter)
    agent = where.agent(project.name)
    resources = {**(agent.resources if agent else {}), **flags}
    wanted = environment.wish(project.name, project.config, where, reporter)
    if agent and wait:
        smoke, smoke_graph = smoke or agent.smoke, smoke_graph or agent.smoke_graph
    asked = None if smoke is None else question(smoke, project.config.graphs, smoke_graph)
    wish = Wish(
        project.name,
        wanted.variables,
        resources,
        wait,
        wait_timeout,
        references=wanted.references,
        settle=wanted.settle,
        smoke=asked,
        require_proof=require_proof,
    )
    more = options.proof_flags(require_proof, smoke, asked.graph if asked else None)
    by_folder = str(path) if name is None and config == CONFIG_NAME else None
    with connected(where, place) as target:
        resume = Resume.of(where, *more, agent=by_folder)
        around = dataclasses.replace(surroundings(target, reporter), resume=resume, going_back=_going_back)
        return deploy(wish, lambda: _published(given, project, where, image, reporter), around)


def _going_back(running: str, wanted: str) -> str | None:
    from langsmith_client.cli.looking import identities
    from langsmith_client.going_back import going_back

    with identities() as known:
        return going_back(known.of(running), known.of(wanted))


def _published(
    given: ImageReference | None, project: Project, where: Where, flags: ImageFlags, reporter: Reporter
) -> PublishedImage:
    from langsmith_client.cli.session import publish_image
    from langsmith_client.image.given import given_image
    from langsmith_client.registry import Registry

    if given is None:
        return publish_image(project, where, flags, reporter)
    with Registry.from_environment(os.environ) as registry:
        image = given_image(given, registry)
    reporter.say("image", f"{image.by_digest} is deployed as it is", image=image.by_digest, digest=image.digest)
    return image
