"""What a builder is given, what it gives back, and how it says what it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
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
    """

    project: Project
    image: ImageReference
    base: ImageReference
    platform: str
    labels: Mapping[str, str]


class Builder(Protocol):
    """One way to make an image and push it."""

    @property
    def name(self) -> str:
        """As given to --builder."""
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
