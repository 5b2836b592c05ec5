"""From an agent to a digest in a registry: reuse what is there, else choose a builder, build and push."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

from langsmith_client.errors import BuildError, ConflictError, ProjectError
from langsmith_client.git import GitState
from langsmith_client.image.assemble import timestamp
from langsmith_client.image.base_image import platform_manifest
from langsmith_client.image.protocol import PLATFORMS, Builder, BuildRequest, Say
from langsmith_client.image_reference import ImageReference, Repository, parse_reference
from langsmith_client.tag import DEFAULT_PLATFORM, image_tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langsmith_client.project import Project
    from langsmith_client.registry import Registry

INPUTS_LABEL = "com.langsmith-client.inputs"
DIRTY_LABEL = "com.langsmith-client.dirty"
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


def build_request(project: Project, repository: Repository, platform: str = DEFAULT_PLATFORM) -> BuildRequest:
    """What has to be built for `project`, with its tag and labels.

    Raises:
        ProjectError: The platform or the version is not one that can be built.
    """
    if platform not in PLATFORMS:
        raise ProjectError([f"The platform {platform!r} is not one of {', '.join(PLATFORMS)}."])
    base = parse_reference(project.config.base_image)
    inputs = _inputs(project, base, platform)
    image = ImageReference(repository, image_tag(project.version, project.git, inputs, platform))
    return BuildRequest(project, image, base, platform, {**_labels(project, inputs), TAG_LABEL: image.reference})


def publish(
    request: BuildRequest, registry: Registry, builders: Sequence[Builder], *, chosen: str = AUTO, say: Say
) -> PublishedImage:
    """Make sure that the image of `request` is in the registry, and never overwrite a tag.

    Raises:
        ConflictError: The tag is taken by an image made from other inputs.
        BuildError: No builder can build it, or the one chosen failed.
        RegistryError: The registry refused.
    """
    if found := registry.digest(request.image):
        _check_same_inputs(request, registry, found)
        return PublishedImage(request.image, found, reused=True)
    builder = _choose(request.project, builders, chosen, say)
    digest = builder.publish(request, say)
    stored = registry.digest(request.image)
    if stored != digest:
        raise ConflictError(
            f"{request.image} was pushed as {digest}, but the registry now has {stored}.",
            "Another build pushed the same tag at the same time; run the command again to use what is there.",
        )
    return PublishedImage(request.image, digest, reused=False)


def _choose(project: Project, builders: Sequence[Builder], chosen: str, say: Say) -> Builder:
    passed: list[str] = []
    for builder in builders:
        if chosen not in {AUTO, builder.name}:
            continue
        obstacle = builder.obstacle(project)
        if obstacle is None:
            say(f"builder {builder.name}" + "".join(f"; not {reason}" for reason in passed))
            return builder
        passed.append(f"{builder.name}, because {obstacle}")
    remedy = "Start a docker daemon, or make the agent buildable without one."
    raise BuildError(f"The image of {project.name} cannot be built: not {'; not '.join(passed)}.", remedy)


def _inputs(project: Project, base: ImageReference, platform: str) -> str:
    """Digest of everything that goes into the image and is ours to decide, as 64 hex digits."""
    # The environment is not in the image: deployments with different environments share one.
    settings = {key: value for key, value in project.config.values.items() if key != "env"}
    parts = [project.source.digest(), settings, str(base), platform]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _labels(project: Project, inputs: str) -> Mapping[str, str]:
    git = project.git if isinstance(project.git, GitState) else None
    labels = {
        "org.opencontainers.image.title": project.name,
        "org.opencontainers.image.version": project.version,
        "org.opencontainers.image.created": timestamp(git.committed_at if git else 0),
        INPUTS_LABEL: inputs,
        DIRTY_LABEL: "true" if git is None or git.dirty else "false",
    }
    if git:
        labels["org.opencontainers.image.revision"] = git.commit
        if git.remote:
            labels["org.opencontainers.image.source"] = git.remote
    return labels


def _check_same_inputs(request: BuildRequest, registry: Registry, digest: str) -> None:
    """A tag stands for one build. Other inputs under the same tag would be served as if they were these."""
    found = ImageReference(request.image.repository, digest)
    manifest = platform_manifest(registry, found, request.platform)
    config = json.loads(registry.blob(found.repository, manifest.values["config"]["digest"]))
    labels = config.get("config", {}).get("Labels") or {}
    if labels.get(INPUTS_LABEL) not in {None, request.labels[INPUTS_LABEL]}:
        raise ConflictError(
            f"{request.image} exists and was built from other inputs (langgraph.json, base image or platform).",
            "Tags are never overwritten: commit the change, raise the version, or give --version-label.",
        )
