"""What a deploy needs from the place it deploys to."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phase(enum.Enum):
    """What a revision's status means to someone who waits for it."""

    PENDING = "pending"
    DEPLOYED = "deployed"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    INTERRUPTED = "interrupted"

    @property
    def final(self) -> bool:
        """True when waiting longer changes nothing."""
        return self is not Phase.PENDING


@dataclasses.dataclass(frozen=True)
class Revision:
    """One revision of a deployment.

    Attributes:
        id: What `/info` reports once it is served.
        phase: What its status means.
        status: In the target's own words.
        image: The image it runs, by digest if we made it.
        message: What the target says about a failure.
    """

    id: str
    phase: Phase
    status: str
    image: str | None = None
    message: str | None = None


@dataclasses.dataclass(frozen=True)
class Deployment:
    """An agent as the target knows it.

    Attributes:
        id: The target's id.
        name: Unique at the target.
        place: Where it runs, by the target's words for it, such as `listener` and `namespace`.
        newest: Its newest revision, whatever became of it; None when there is none.
        environment: Its variables; None as value where the target does not return it. Kept out of the repr.
        resources: Sizes and the like, as the target echoes them.
        url: Where the agent answers, once deployed.
        deleting: True when its deletion is under way.
    """

    id: str
    name: str
    place: Mapping[str, str]
    newest: Revision | None
    environment: Mapping[str, str | None] = dataclasses.field(default_factory=dict, repr=False)
    resources: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    url: str | None = None
    deleting: bool = False


@dataclasses.dataclass(frozen=True)
class Change:
    """A new revision to make.

    Attributes:
        name: Name of the deployment.
        image: `repository@sha256:...`.
        existing: The deployment to change, or None to create it.
        environment: The complete new environment, or None to leave it. Kept out of the repr.
        resources: The complete new resources, or None to leave them.
    """

    name: str
    image: str
    existing: Deployment | None
    environment: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    resources: Mapping[str, Any] | None = None


class Target(Protocol):
    """A place agents run.

    Every method raises a TargetError; its subclass TargetUnavailableError means that trying again may work.
    """

    def check(self, name: str, existing: Deployment | None) -> None:
        """Make sure that the target will take the deployment, before anything is built.

        Raises:
            PreflightError: It will not, and why.
        """
        ...

    def find(self, name: str) -> Deployment | None:
        """The deployment of exactly this name."""
        ...

    def apply(self, change: Change) -> tuple[str, Revision]:
        """Make exactly one revision, also when an answer gets lost; returns the deployment's id and the revision."""
        ...

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """The state of one revision."""
        ...


class Remover(Protocol):
    """The part of a target that ends deployments; errors as for Target."""

    def delete(self, deployment: Deployment, *, with_traces: bool) -> None:
        """Start the deletion, of the collected traces as well if told; no error if it is gone already."""
        ...

    def gone(self, deployment: Deployment) -> bool:
        """True once nothing of it is left."""
        ...
