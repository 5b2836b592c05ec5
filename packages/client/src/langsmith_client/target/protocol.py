"""What commands need from the place agents run at, as one value module and a few small protocols.

A kind of target is a class that satisfies them; the commands know nothing else about it. Every method raises a
TargetError, and its subclass TargetUnavailableError where trying again may work.
"""

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
class SecretReference:
    """A variable taken from a key of a Secret that is already where the agent runs.

    Attributes:
        name: The variable.
        secret_name: The Kubernetes Secret, in the deployment's namespace.
        secret_key: Its key.
    """

    name: str
    secret_name: str
    secret_key: str


@dataclasses.dataclass(frozen=True)
class Revision:
    """One revision of a deployment.

    Attributes:
        id: What `/info` reports once it is served.
        phase: What its status means.
        status: In the target's own words.
        image: The image it runs, by digest if we made it.
        message: What the target says about a failure.
        created_at: When it was made, in ISO 8601.
    """

    id: str
    phase: Phase
    status: str
    image: str | None = None
    message: str | None = None
    created_at: str | None = None


@dataclasses.dataclass(frozen=True)
class Deployment:
    """An agent as the target knows it.

    Attributes:
        id: The target's id.
        name: Unique at the target.
        place: Where it runs, by the target's words for it, such as `listener` and `namespace`.
        newest: Its newest revision, whatever became of it; None when there is none, or in a Catalogue when not asked.
        environment: Its variables; None as value where the target does not return it. Kept out of the repr.
        resources: Sizes and the like, as the target echoes them.
        url: Where the agent answers, once deployed.
        deleting: True when its deletion is under way.
        references: Variables it takes from Secrets.
        active_revision_id: The newest revision that was deployed.
        page: Web page about it.
    """

    id: str
    name: str
    place: Mapping[str, str]
    newest: Revision | None
    environment: Mapping[str, str | None] = dataclasses.field(default_factory=dict, repr=False)
    resources: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    url: str | None = None
    deleting: bool = False
    references: tuple[SecretReference, ...] = ()
    active_revision_id: str | None = None
    page: str | None = None


@dataclasses.dataclass(frozen=True)
class Change:
    """A new revision to make.

    Attributes:
        name: Name of the deployment.
        image: `repository@sha256:...`.
        existing: The deployment to change, or None to create it.
        environment: The complete new environment, or None to leave it. Kept out of the repr.
        resources: The complete new resources, or None to leave them.
        references: All references it shall have, none of them for an empty tuple, or None to leave them.
    """

    name: str
    image: str
    existing: Deployment | None
    environment: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    resources: Mapping[str, Any] | None = None
    references: tuple[SecretReference, ...] | None = None


@dataclasses.dataclass(frozen=True)
class LogLine:
    """One line of a log; `timestamp` is in ISO 8601."""

    timestamp: str
    level: str
    message: str


@dataclasses.dataclass(frozen=True)
class LogPage:
    """Lines in order of time.

    Attributes:
        lines: Oldest first.
        next: Cursor of the page before this one in time; None when these are the oldest.
    """

    lines: tuple[LogLine, ...]
    next: str | None = None


class Target(Protocol):
    """A place agents are deployed to."""

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
        """Make exactly one revision, also when an answer gets lost; returns the deployment's id and the revision.

        Raises:
            ConflictError: The deployment is no longer as `change.existing` shows it: someone else made a revision.
        """
        ...

    def revision(self, deployment_id: str, revision_id: str) -> Revision:
        """The state of one revision.

        Raises:
            MissingError: The target knows none of that id, or has forgotten it.
        """
        ...

    def agent_headers(self, url: str) -> Mapping[str, str]:
        """What the target's agents want from whoever calls them at `url`; nothing where that would give a key away."""
        ...


class Catalogue(Protocol):
    """The part of a target that knows every deployment."""

    def deployments(self) -> list[Deployment]:
        """All of them, as cheaply as possible: `newest` stays None where it would cost a question for each."""
        ...

    def newest(self, deployment: Deployment) -> Revision | None:
        """The newest revision of one."""
        ...


class History(Protocol):
    """The part of a target that remembers revisions."""

    def revisions(self, deployment: Deployment, *, limit: int) -> list[Revision]:
        """The newest `limit` revisions, newest first."""
        ...


class LogSource(Protocol):
    """The part of a target that keeps what happened while deploying."""

    def logs(
        self, deployment: Deployment, *, revision_id: str | None, limit: int, level: str | None, cursor: str | None
    ) -> LogPage:
        """The newest `limit` lines of one revision or, for None, of all; `cursor` is the `next` of a page already read.

        `level` is DEBUG, INFO, WARNING, ERROR or CRITICAL; None is every level.
        """
        ...


class Caretaker(Protocol):
    """The part of a target that knows how the place itself is."""

    def troubles(self, deployment: Deployment) -> tuple[str, ...]:
        """What is wrong with the place a deployment is at, one sentence each; empty when nothing is known to be."""
        ...


class Restorer(Protocol):
    """The part of a target that can go back."""

    def restore(self, deployment: Deployment, revision: Revision) -> tuple[str, Revision]:
        """Make exactly one revision that runs the image of an earlier one; returns as `Target.apply` does.

        Variables and resources stay as they are now.

        Raises:
            ConflictError: The deployment is no longer as `deployment` shows it.
        """
        ...


class Remover(Protocol):
    """The part of a target that ends deployments."""

    def delete(self, deployment: Deployment, *, with_traces: bool) -> None:
        """Start the deletion, of the collected traces as well if told; no error if it is gone already."""
        ...

    def gone(self, deployment: Deployment) -> bool:
        """True once nothing of it is left."""
        ...


class WholeTarget(Target, Catalogue, History, LogSource, Caretaker, Restorer, Remover, Protocol):
    """Everything a kind of target has to be able to do: what the commands are given."""
