"""What a builder is given, what it gives back, and how it says what it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from langsmith_client.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_client.image_reference import ImageReference
    from langsmith_client.project import Project

PLATFORMS = ("linux/amd64", "linux/arm64")
"""Platforms an agent's image can be built for; the Agent Server's base images exist for these."""

Say = Callable[[str], None]
"""Takes one line about progress, for people."""


@dataclasses.dataclass(frozen=True)
class BuildRequest:
    """One image to make.

    Attributes:
        project: The agent.
        image: Repository and tag it goes to.
        base: The image it starts from.
        platform: `linux/amd64` or `linux/arm64`.
        labels: Labels known before the base image has been looked at.
        source: Digest of the agent's files when they were read for tag and labels.
        arguments: More arguments for `docker buildx build`.
        fresh: Resolve dependencies anew, whatever is remembered about the same wish.
    """

    project: Project
    image: ImageReference
    base: ImageReference
    platform: str
    labels: Mapping[str, str]
    source: str
    arguments: tuple[str, ...] = ()
    fresh: bool = False

    def check_source(self) -> None:
        """To be asked once the builder has its own copy of the files: an image must be what its tag says.

        Raises:
            BuildError: They are no longer what they were.
        """
        if self.project.source.digest() != self.source:
            raise BuildError(f"Files of {self.project.name} changed while its image was built.", "Build again.")


@dataclasses.dataclass(frozen=True)
class Built:
    """An image that was made and not pushed.

    Attributes:
        place: Where it is, for people.
        digest: What it will have in a registry; None where that shows at the push only.
    """

    place: str
    digest: str | None = None


class Builder(Protocol):
    """One way to make an image."""

    @property
    def name(self) -> str:
        """As given to --builder."""
        ...

    @property
    def takes_arguments(self) -> bool:
        """Whether it knows what to do with `BuildRequest.arguments`."""
        ...

    def obstacle(self, project: Project) -> str | None:
        """Why this builder cannot build `project` here, as half a sentence, or None when it can."""
        ...

    def publish(self, request: BuildRequest, say: Say) -> str:
        """Build, push, and return the digest that the registry has under the tag.

        Raises:
            BuildError: The image could not be made.
            RegistryError: It could not be pushed.
        """
        ...

    def build(self, request: BuildRequest, output: Path | None, say: Say) -> Built:
        """Build without pushing: an OCI image layout at `output` (a folder, or an archive if it ends in `.tar`).

        Without an `output` the image goes where local images are, if this builder knows such a place.

        Raises:
            BuildError: The image could not be made.
        """
        ...
