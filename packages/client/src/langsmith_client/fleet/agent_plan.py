"""What an apply would do to each agent and why, as values that can be shown, kept and compared."""

from __future__ import annotations

import dataclasses
import enum

from langsmith_client.commits import Commits
from langsmith_client.environment.merge import Side


class Action(enum.Enum):
    """What happens to one agent."""

    CREATE = "create"
    UPDATE = "update"
    FOLLOW = "follow"
    NOTHING = "nothing"
    REFUSE = "refuse"

    @property
    def deploys(self) -> bool:
        """True when a revision is made."""
        return self in {Action.CREATE, Action.UPDATE}


@dataclasses.dataclass(frozen=True)
class Shift:
    """One thing that changes; None is "not there". A variable's value is only ever here as a salted hash."""

    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.name} {self.after}"
        return f"- {self.name} {self.before}" if self.after is None else f"~ {self.name} {self.before} → {self.after}"


SHIFTS = ("variables", "references", "resources")
"""The fields of an AgentPlan that hold shifts."""


@dataclasses.dataclass(frozen=True)
class ImagePlan:
    """The image an agent gets.

    Attributes:
        repository: Where it is.
        tag: The tag it has or will have.
        digest: What the tag stands for; None while it is still to be built.
        inputs: Digest of everything that is built, as 64 hex digits.
        before: The tag of what runs now, or the shortest words known for it; None when nothing does.
        before_digest: Digest of that.
        commits: What lies between the two.
    """

    repository: str
    tag: str
    digest: str | None
    inputs: str
    before: str | None = None
    before_digest: str | None = None
    commits: Commits = dataclasses.field(default_factory=Commits)

    @property
    def changes(self) -> bool:
        """True when another image is going to run."""
        return self.digest is None or self.digest != self.before_digest


@dataclasses.dataclass(frozen=True)
class Refusal:
    """Why an agent cannot be deployed, as the error would say it."""

    what: str
    remedy: str
    exit_code: int


@dataclasses.dataclass(frozen=True)
class AgentPlan:
    """One agent.

    Attributes:
        name: Of the deployment.
        canary: It goes first.
        wave: When it goes otherwise, from 1.
        deployment_id: None when it does not exist yet.
        revision_id: Its newest revision when the plan was made.
        variables: What changes in the environment, values hashed.
        references: What changes in the secret references, as `secret:key`.
        resources: What changes in the resource specification.
        reasons: Why a revision is made.
        notes: What stays although nobody here asked for it.
        refusal: Only for Action.REFUSE.
    """

    name: str
    action: Action
    image: ImagePlan
    canary: bool = False
    wave: int = 1
    deployment_id: str | None = None
    revision_id: str | None = None
    variables: tuple[Shift, ...] = ()
    references: tuple[Shift, ...] = ()
    resources: tuple[Shift, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None


@dataclasses.dataclass(frozen=True)
class FleetPlan:
    """All agents of a plan, in the order of langsmith.toml.

    Attributes:
        target: Name of the target.
        salt: Of the hashes; another plan has another one.
        settle: Who was taken to be right where both sides had changed a variable; None made that a refusal.
    """

    target: str
    salt: bytes
    agents: tuple[AgentPlan, ...]
    settle: Side | None = None

    @property
    def deployed(self) -> tuple[AgentPlan, ...]:
        """The agents that get a revision."""
        return tuple(agent for agent in self.agents if agent.action.deploys)

    @property
    def refused(self) -> tuple[AgentPlan, ...]:
        """The agents that cannot be deployed."""
        return tuple(agent for agent in self.agents if agent.action is Action.REFUSE)

    def count(self, action: Action) -> int:
        """How many agents have this action."""
        return sum(agent.action is action for agent in self.agents)
