"""From an agent to a digest in a registry: reuse what is there, else choose a builder, build and push."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

from langsmith_client.errors import BuildError, ConflictError, ProjectError
from langsmith_client.git import GitState
from langsmith_client.image.assemble import timestamp
from langsmith_client.image.base_image import choose_platform
from langsmith_client.image.protocol import PLATFORMS, Builder, BuildRequest, Say
from langsmith_client.image_reference import ImageReference, Repository, parse_reference
from langsmith_client.registry.client import taken
from langsmith_client.tag import DEFAULT_PLATFORM, image_tag, rebuilt_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from langsmith_client.manifest import Manifest
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry

INPUTS_LABEL = "com.langsmith-client.inputs"
DIRTY_LABEL = "com.langsmith-client.dirty"
FORMAT_LABEL = "com.langsmith-client.inputs-format"
"""Says how INPUTS_LABEL was made: inputs of two formats cannot be compared."""
_FORMAT = "1"  # raise it with every change of `_inputs`, or no commit could be deployed again by the next version
TAG_LABEL = "org.opencontainers.image.ref.name"
"""The tag the image was made for: a digest, which is what gets deployed, leads to no tag."""
AUTO = "auto"


@dataclasses.dataclass(frozen=True)
class PublishedImage:
    """An image that is in the registry.

    Attributes:
        image: Repository and tag.
        digest: What the tag stood for when we looked; the thing to deploy.
        reused: True when it was there already: nothing was built or pushed.
    """

    image: ImageReference
    digest: str
    reused: bool

    @property
    def by_digest(self) -> str:
        """`repository@sha256:...`."""
        return str(ImageReference(self.image.repository, self.digest))


def build_request(
    project: Project,
    repository: Repository,
    platform: str = DEFAULT_PLATFORM,
    *,
    base_image: str | None = None,
    arguments: Sequence[str] = (),
) -> BuildRequest:
    """What has to be built for `project`, with its tag and labels.

    `base_image` stands in for the one langgraph.json leads to; `arguments` are for docker.

    Raises:
        ProjectError: The platform or the version is not one that can be built.
    """
    if platform not in PLATFORMS:
        raise ProjectError([f"The platform {platform!r} is not one of {', '.join(PLATFORMS)}."])
    base = parse_reference(base_image or project.config.base_image)
    source = project.source.digest()
    inputs = _inputs(project, source, base, platform, arguments)
    image = ImageReference(repository, image_tag(project.version, project.git, inputs, platform))
    labels = {**_labels(project, inputs), TAG_LABEL: image.reference}
    return BuildRequest(project, image, base, platform, labels, source, tuple(arguments))


def publish(
    request: BuildRequest,
    registry: Registry,
    builders: Iterable[Builder],
    *,
    chosen: str = AUTO,
    rebuild: bool = False,
    say: Say,
) -> PublishedImage:
    """Make sure that the image of `request` is in the registry, and never overwrite a tag.

    A `rebuild` is made even if there is one, and gets a tag of its own. Nobody looks at `builders` until one is needed.

    Raises:
        ConflictError: The tag is taken by an image made from other inputs.
        BuildError: No builder can build it, or the one chosen failed.
        RegistryError: The registry refused.
    """
    found, following = _newest_build(request, registry)
    if found is not None and not rebuild:
        return _reused(request, registry, found)
    if rebuild:
        labels = {**request.labels, TAG_LABEL: following.reference}
        request = dataclasses.replace(request, image=following, labels=labels, fresh=True)
    digest = choose(request, builders, chosen, say).publish(request, say)
    stored = registry.digest(request.image)
    if stored != digest:
        raise taken(request.image, stored or "nothing", digest)
    return PublishedImage(request.image, digest, reused=False)


def published(request: BuildRequest, registry: Registry) -> PublishedImage | None:
    """What `publish` would use without building anything; None where it would build.

    Raises:
        ConflictError: The tag is taken by an image made from other inputs.
        RegistryError: The registry refused.
    """
    found, _ = _newest_build(request, registry)
    return found and _reused(request, registry, found)


@dataclasses.dataclass(frozen=True)
class _Found:
    """An image in the registry: its tag and its manifest."""

    image: ImageReference
    manifest: Manifest


def _newest_build(request: BuildRequest, registry: Registry) -> tuple[_Found | None, ImageReference]:
    """The newest image of what `request` asks for, and the tag the next would get.

    A commit's image may have been rebuilt on purpose, on a mended base say. Whoever deploys that commit again wants
    the mended one, so that the last of the tags counts.
    """
    found: _Found | None = None
    image = request.image
    number = 0
    while (manifest := registry.find_manifest(image)) is not None:
        found = _Found(image, manifest)
        number += 1
        image = ImageReference(image.repository, rebuilt_tag(request.image.reference, number))
    return found, image


def choose(request: BuildRequest, builders: Iterable[Builder], chosen: str, say: Say) -> Builder:
    """The builder `chosen`, or the first that can, and a word on why not the ones before it.

    Raises:
        BuildError: None can.
    """
    project = request.project
    passed: list[str] = []
    for builder in builders:
        if chosen not in {AUTO, builder.name}:
            continue
        obstacle = builder.obstacle(project)
        if request.arguments and not builder.takes_arguments:
            obstacle = f"it has no use for {' '.join(request.arguments)}"
        if obstacle is None:
            why = "".join(f"; not {reason}" for reason in passed) or ", because nothing stands in its way"
            say(f"builder {builder.name}{why if chosen == AUTO else ''}")
            return builder
        passed.append(f"{builder.name}, because {obstacle}")
    remedy = "Start docker, choose a builder with `docker buildx use`, or make the agent buildable without one."
    raise BuildError(f"The image of {project.name} cannot be built: not {'; not '.join(passed)}.", remedy)


def _inputs(project: Project, source: str, base: ImageReference, platform: str, arguments: Sequence[str]) -> str:
    """Digest of everything that goes into the image and is ours to decide, as 64 hex digits."""
    # The environment is not in the image: deployments with different environments share one.
    settings = {key: value for key, value in project.config.values.items() if key != "env"}
    beside = [hashlib.sha256(path.read_bytes()).hexdigest() for path in project.recipe if path != project.config.path]
    parts = [source, settings, beside, str(base), platform, *arguments]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _labels(project: Project, inputs: str) -> Mapping[str, str]:
    git = project.git if isinstance(project.git, GitState) else None
    return {
        "org.opencontainers.image.title": project.name,
        "org.opencontainers.image.version": project.version,
        "org.opencontainers.image.created": timestamp(git.committed_at if git else 0),
        INPUTS_LABEL: inputs,
        FORMAT_LABEL: _FORMAT,
        DIRTY_LABEL: "true" if git is None or git.dirty else "false",
        # Never left out: the base image's own would be taken for the agent's.
        "org.opencontainers.image.revision": git.commit if git else "",
        "org.opencontainers.image.source": (git.remote if git else None) or "",
    }


def _reused(request: BuildRequest, registry: Registry, found: _Found) -> PublishedImage:
    """A tag stands for one build. Other inputs under the same tag would be served as if they were these."""
    labels = found.manifest.values.get("annotations") or {}
    if INPUTS_LABEL not in labels:
        labels = _labels_of(request, registry, found)
    comparable = labels.get(FORMAT_LABEL) == _FORMAT
    if comparable and labels.get(INPUTS_LABEL) != request.labels[INPUTS_LABEL]:
        raise ConflictError(
            f"{found.image} exists and was built from other inputs (langgraph.json, base image, platform or options).",
            "Tags are never overwritten: commit the change, give another --version-label, or --force-rebuild.",
        )
    return PublishedImage(found.image, found.manifest.digest, reused=True)


def _labels_of(request: BuildRequest, registry: Registry, found: _Found) -> Mapping[str, str]:
    repository = found.image.repository
    manifest = choose_platform(registry, found.image, found.manifest, request.platform)
    config = json.loads(registry.blob(repository, manifest.values["config"]["digest"]))
    return config.get("config", {}).get("Labels") or {}
