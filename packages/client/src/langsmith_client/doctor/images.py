"""Can the image be built on its base, and pushed to where it belongs?"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.image.base_image import read_base
from langsmith_client.image.publish import build_request
from langsmith_client.image_reference import Repository, parse_reference, parse_repository
from langsmith_client.registry.ecr_api import is_ecr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langsmith_client.doctor.examiner import Examiner
    from langsmith_client.image.protocol import Builder
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry


@dataclasses.dataclass(frozen=True)
class Images:
    """What is asked about an agent's image.

    Attributes:
        project: The agent.
        registry: All registries.
        builders: Those that `--builder` chooses from.
        repository: Where the image goes; None when nothing says.
        platform: Of the image.
        immutable: Whether the tags of a repository, given by host and path, never move; None where that is not known.
    """

    project: Project
    registry: Registry
    builders: Sequence[Builder]
    repository: str | None
    platform: str
    immutable: Callable[[str, str], bool | None]

    def examine(self, examiner: Examiner) -> None:
        """Base image, builders, repository."""
        base = parse_reference(self.project.config.base_image)
        examiner.attempt(
            "base image",
            lambda: read_base(self.registry, base, self.platform),
            lambda found: f"{base} for {self.platform} is {found.digest}",
        )
        self._builders(examiner)
        if self.repository is None:
            remedy = "Give --push-to, or a --target that has one."
            examiner.warn("repository", "nothing says where the image goes", remedy)
            return
        repository = examiner.attempt("repository", lambda: parse_repository(self.repository or ""))
        if repository is not None:
            self._repository(examiner, repository)

    def _builders(self, examiner: Examiner) -> None:
        obstacles = {builder.name: builder.obstacle(self.project) for builder in self.builders}
        able = [name for name, obstacle in obstacles.items() if obstacle is None]
        unable = "; ".join(f"not {name}: {obstacle}" for name, obstacle in obstacles.items() if obstacle)
        if able:
            examiner.ok("builder", f"{able[0]}" + (f" ({unable})" if unable else ""))
        else:
            remedy = "Start docker, choose a builder with `docker buildx use`, or make the agent buildable without one."
            examiner.fail("builder", unable, remedy)

    def _repository(self, examiner: Examiner, repository: Repository) -> None:
        """Reading is tried with a login that asks to push as well; nothing is pushed to find out."""
        request = examiner.attempt("image", lambda: build_request(self.project, repository, self.platform))
        exists = examiner.attempt("repository", lambda: self.registry.knows(repository))
        if request is None or exists is None:
            return
        if exists:
            examiner.ok("repository", f"{repository} can be reached with the login at hand")
            examiner.attempt(
                "image",
                lambda: self.registry.digest(request.image),
                lambda digest: f"{request.image.reference} " + ("is there already" if digest else "is to be built"),
            )
            self._tags(examiner, repository)
        elif is_ecr(repository.host):
            remedy = "Create it (the hosting stack does for its `agents`), or name one that exists."
            examiner.fail("repository", f"{repository} does not exist, and ECR makes none at a push", remedy)
        else:
            remedy = "Create it, unless the registry makes repositories at the first push, as most do."
            examiner.warn("repository", f"{repository} does not exist yet", remedy)

    def _tags(self, examiner: Examiner, repository: Repository) -> None:
        """Only ECR can be asked; whatever the registry does, this client overwrites no tag."""
        immutable = examiner.attempt("tags", lambda: self.immutable(repository.host, repository.path))
        if immutable:
            examiner.ok("tags", f"{repository} keeps what a tag stands for")
        elif immutable is False:
            examiner.warn(
                "tags",
                f"in {repository} somebody else may push a tag again; deploys go by digest and do not mind",
                "Make its tags immutable, so that a tag always leads to what was deployed.",
            )
