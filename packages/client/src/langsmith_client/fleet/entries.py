"""What a langsmith.toml says: targets, agents, and what differs for an agent on one target."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ProjectError
from langsmith_client.toml_table import suggestion

if TYPE_CHECKING:
    from langsmith_client.target.protocol import SecretReference

_PLACEHOLDER = "{name}"


@dataclasses.dataclass(frozen=True)
class TargetEntry:
    """A place agents are deployed to. What is None is decided by flags, the environment or a default.

    Attributes:
        name: What `--target` calls it.
        push_to: Where images go: `{name}` stands for the agent, whose name is appended where it is missing.
        repositories: Agent name to its repository, for registries that do not make repositories by themselves.
        listener_id: The listener that runs new deployments.
        namespace: One of the listener's Kubernetes namespaces.
        host_url: Control plane.
        profile: Profile of the LangSmith configuration file that logs in.
        workspace_id: Workspace of the deployments.
        platform: Platform of the images, such as `linux/arm64`.
        references: Agent name to the variables it takes there from Kubernetes Secrets, as for stores of its own.
    """

    name: str
    push_to: str | None = None
    repositories: Mapping[str, str] = dataclasses.field(default_factory=dict)
    listener_id: str | None = None
    namespace: str | None = None
    host_url: str | None = None
    profile: str | None = None
    workspace_id: str | None = None
    platform: str | None = None
    references: Mapping[str, tuple[SecretReference, ...]] = dataclasses.field(default_factory=dict)

    def repository(self, agent: str) -> str | None:
        """The image repository of the agent of this name, None where the file does not say."""
        if listed := self.repositories.get(agent):
            return listed
        if self.push_to is None:
            return None
        return self.push_to.replace(_PLACEHOLDER, agent) if _PLACEHOLDER in self.push_to else f"{self.push_to}/{agent}"


@dataclasses.dataclass(frozen=True)
class Override:
    """What differs for an agent on one target; None and empty change nothing."""

    env_file: Path | None = None
    resources: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    references: tuple[SecretReference, ...] = ()


@dataclasses.dataclass(frozen=True)
class AgentEntry:
    """An agent of the fleet.

    Attributes:
        name: Of its deployments.
        path: Its folder, absolute; it may be missing, which only a command that reads it minds.
        targets: Names of the targets it belongs to.
        env_file: NAME=value lines, absolute; None for what langgraph.json names.
        resources: Fields of its resource specification.
        references: Variables that come from Kubernetes Secrets.
        canary: Deployed and proven before any other agent.
        wave: Agents of a wave are deployed together, the waves one after another; from 1.
        smoke: What it is asked once after each of its deploys: a JSON object, or a user's message.
        smoke_graph: The graph that is asked, where there are several.
        on: What differs, by target.
    """

    name: str
    path: Path
    targets: tuple[str, ...]
    env_file: Path | None = None
    resources: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    references: tuple[SecretReference, ...] = ()
    canary: bool = False
    wave: int = 1
    smoke: str | None = None
    smoke_graph: str | None = None
    on: Mapping[str, Override] = dataclasses.field(default_factory=dict)

    def at(self, target: TargetEntry) -> AgentEntry:
        """The agent as it shall be on one target, with nothing left to lay over."""
        special = self.on.get(target.name, Override())
        given = target.references.get(self.name, ())
        references = {each.name: each for each in (*given, *self.references, *special.references)}
        return dataclasses.replace(
            self,
            env_file=special.env_file or self.env_file,
            resources={**self.resources, **special.resources},
            references=tuple(references.values()),
            on={},
        )


@dataclasses.dataclass(frozen=True)
class Fleet:
    """One langsmith.toml; both mappings are in the order of the file.

    Attributes:
        path: The file, absolute.
    """

    path: Path
    targets: Mapping[str, TargetEntry]
    agents: Mapping[str, AgentEntry]

    def target(self, name: str) -> TargetEntry:
        """The target of this name.

        Raises:
            ProjectError: There is none.
        """
        if name in self.targets:
            return self.targets[name]
        raise ProjectError(
            [f"{self.path} has no target `{name}`{suggestion(name, self.targets)}"],
            f"Its targets are: {', '.join(self.targets)}." if self.targets else f"Add a table [targets.{name}].",
        )

    def at(self, target: str) -> tuple[AgentEntry, ...]:
        """The agents that belong to a target, each as it shall be there."""
        return tuple(agent.at(self.targets[target]) for agent in self.agents.values() if target in agent.targets)
