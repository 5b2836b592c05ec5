"""What every command does around its work: report errors in one place, and connect to where it acts."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langsmith_client.cli.imaging import ImageFlags
    from langsmith_client.connection import Sources
    from langsmith_client.deploy import Surroundings
    from langsmith_client.explanation import Witness
    from langsmith_client.image.publish import PublishedImage
    from langsmith_client.progress import Reporter
    from langsmith_client.project import Project
    from langsmith_client.target.control_plane import Place
    from langsmith_client.target.protocol import Deployment, Target, WholeTarget
    from langsmith_client.where import Where
    from langsmith_control_plane.client import ControlPlaneClient


@contextlib.contextmanager
def reporting(*, as_json: bool) -> Iterator[Reporter]:
    """A reporter; an error of ours becomes its exit code and two sentences, never a traceback."""
    from langsmith_client.errors import ClientError, StoppedError
    from langsmith_client.progress import reporter_for

    reporter = reporter_for(sys.stdout, sys.stderr, as_json=as_json)
    try:
        yield reporter
    except ClientError as error:
        reporter.fail(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        raise  # the reader, such as `head`, has seen enough; click ends the program quietly
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used ({error.strerror or type(error).__name__})."
        reporter.fail(ClientError(what, "Check that it exists, its permissions, and the space on the disk."))
        sys.exit(ClientError.exit_code)
    except KeyboardInterrupt:
        remedy = "A revision that was made goes on; run the same command again to follow and prove it."
        reporter.fail(StoppedError("Interrupted.", remedy))
        sys.exit(StoppedError.exit_code)


@contextlib.contextmanager
def control_plane(where: Where) -> Iterator[ControlPlaneClient]:
    """The control plane itself, for what only it has; errors as for `connected`."""
    from langsmith_client.connection import Sources

    with _client(Sources(where, os.environ)) as client:
        yield client


@contextlib.contextmanager
def connected(where: Where, place: Place | None = None) -> Iterator[WholeTarget]:
    """The target that flags, langsmith.toml, profile and environment name; here alone it is known of which kind it is.

    Without a `place`, new deployments go to the one of the target in langsmith.toml, if `where` names a target.

    Raises:
        TargetAccessError: There is no API key.
        SettingsError: The URL is not that of a control plane.
        ProjectError: The target cannot be read from langsmith.toml.
    """
    from langsmith_client.connection import Sources
    from langsmith_client.target.control_plane import ControlPlaneTarget

    sources = Sources(where, os.environ)
    place = place or chosen_place(where)
    with _client(sources) as client:
        yield ControlPlaneTarget(client, place)


def chosen_place(where: Where, listener_id: str | None = None, namespace: str | None = None) -> Place | None:
    """Where new deployments go, if anything says so; each of the two flags beats the target of langsmith.toml.

    Raises:
        ProjectError: Only one of the two is known, or the target cannot be read from langsmith.toml.
    """
    from langsmith_client.cli.verbose import tell
    from langsmith_client.target.control_plane import Place

    entry = where.entry()
    place = Place.of(listener_id or entry.listener_id, namespace or entry.namespace)
    if place:
        target = f"the target {entry.name} in langsmith.toml"
        tell("listener", place.listener_id, "--listener-id" if listener_id else target)
        tell("namespace", place.namespace, "--k8s-namespace" if namespace else target)
    return place


def _client(sources: Sources) -> ControlPlaneClient:
    from langsmith_control_plane.client import ControlPlaneClient

    found = sources.connection()
    return ControlPlaneClient(found.host.value, found.credentials())


def surroundings(target: Witness, reporter: Reporter) -> Surroundings:
    """The real clock and the real agents around a deploy."""
    from functools import partial

    from langsmith_client.deploy import Surroundings
    from langsmith_client.explanation import explain
    from langsmith_client.kubectl import cluster_of

    return Surroundings(target, reporter, explain=partial(explain, target, cluster=cluster_of(os.environ, None)))


def existing(target: Target, name: str) -> Deployment:
    """The deployment of this name.

    Raises:
        TargetError: There is none.
    """
    from langsmith_client.errors import TargetError

    found = target.find(name)
    if found is None:
        raise TargetError(f"There is no deployment {name!r} in this workspace.", "Check the name and the workspace.")
    return found


def read_project(path: Path, config: str, name: str | None, version: str | None, reporter: Reporter) -> Project:
    """Read the agent and say what was found."""
    from langsmith_client.git import NoGit
    from langsmith_client.project import load_project

    project = load_project(path, config_name=config, name=name, version=version, environ=os.environ)
    git = project.git
    if isinstance(git, NoGit):
        reporter.say("project", f"{project.name} {project.version}, without a commit: {git.reason}")
        return project
    reporter.say("project", f"{project.name} {project.version}, commit {git.commit[:12]}", commit=git.commit)
    if git.dirty:
        files = ", ".join(git.dirty[:10]) + (f" and {len(git.dirty) - 10} more" if len(git.dirty) > 10 else "")
        reporter.say("dirty", f"not as committed, so the tag says so: {files}", files=list(git.dirty))
    if git.shallow:
        reporter.say("note", "the clone is shallow: in a full one the commit, and so the tag, may be an older one")
    return project


def publish_image(project: Project, where: Where, flags: ImageFlags, reporter: Reporter) -> PublishedImage:
    """Make sure that the agent's image is in the registry.

    Raises:
        ProjectError: Neither a flag nor a target names the repository, or this is CI and no commit explains the image.
    """
    from langsmith_client.cli.imaging import builders
    from langsmith_client.image.publish import publish
    from langsmith_client.registry import Registry
    from langsmith_client.settings import cache_folder

    request = flags.request(project, where, os.environ)
    with Registry.from_environment(os.environ) as registry:
        image = publish(
            request,
            registry,
            builders(registry, cache_folder(os.environ)),
            chosen=flags.builder,
            rebuild=flags.force_rebuild,
            say=lambda text: reporter.say("build", text),
        )
    shown = f"{project.name}:{image.image.reference}"
    state = "already in the registry, nothing built" if image.reused else "pushed"
    reporter.say(
        "image", f"{shown} is {image.digest} ({state})", image=shown, digest=image.digest, built=not image.reused
    )
    return image
