"""What the flags about images lead to: the image that is wanted, and the builders that may make it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from langsmith_client.image.protocol import Builder, BuildRequest
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry
    from langsmith_client.where import Where


@dataclasses.dataclass(frozen=True)
class ImageFlags:
    """The flags about the image, as they were typed.

    Attributes:
        builder: Name of a builder, or `auto`.
        platform: Such as `linux/arm64`.
        base_image: In place of the one langgraph.json leads to.
        allow_dirty: Whether CI may build what no commit explains.
        arguments: More arguments for docker.
        push_to: The repository.
        force_rebuild: Whether to build what is in the registry already.
    """

    builder: str = "auto"
    platform: str | None = None
    base_image: str | None = None
    allow_dirty: bool = False
    arguments: tuple[str, ...] = ()
    push_to: str | None = None
    force_rebuild: bool = False

    def request(
        self, project: Project, where: Where, environ: Mapping[str, str], *, local: bool = False
    ) -> BuildRequest:
        """The image that is wanted; one that stays `local` needs no repository.

        Flags beat the langsmith.toml.

        Raises:
            ProjectError: Nothing names the repository, or the project cannot be built like this.
        """
        from langsmith_client.cli.verbose import tell
        from langsmith_client.errors import ProjectError
        from langsmith_client.image.publish import build_request
        from langsmith_client.image_reference import parse_repository
        from langsmith_client.tag import DEFAULT_PLATFORM, refuse_uncommitted

        if not self.allow_dirty:
            refuse_uncommitted(project.git, environ)
        entry = where.entry()
        listed = entry.repository(project.name)
        repository = self.push_to or listed or (project.name if local else None)
        if repository is None:
            raise ProjectError(
                [f"Nothing says which repository the image of {project.name} goes to."], "Give --push-to."
            )
        platform = self.platform or entry.platform or DEFAULT_PLATFORM
        target = f"the target {entry.name} in langsmith.toml"
        tell("repository", repository, "--push-to" if self.push_to else target if listed else "the agent's name")
        tell("platform", platform, "--platform" if self.platform else target if entry.platform else "the default")
        return build_request(
            project,
            parse_repository(repository),
            platform,
            base_image=self.base_image,
            arguments=self.arguments,
        )


def builders(registry: Registry, cache: Path) -> Iterator[Builder]:
    """All builders, the one to be preferred first; none is loaded for an image that is in the registry already."""
    from langsmith_client.image.docker import DockerBuilder

    yield DockerBuilder(registry)
    from langsmith_client.image.layers import LayersBuilder

    yield LayersBuilder(registry, cache)
