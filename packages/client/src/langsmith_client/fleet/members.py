"""The agents of a fleet as their folders and langsmith.toml want them on one target, read together."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from langsmith_client import processes
from langsmith_client.deploy import Wish
from langsmith_client.environment.local import LocalEnvironment, local_environment
from langsmith_client.errors import ProjectError
from langsmith_client.git import GitState
from langsmith_client.image.publish import INPUTS_LABEL, build_request
from langsmith_client.image_reference import Repository, parse_repository
from langsmith_client.project import read_agent, with_git
from langsmith_client.smoke import Question, question
from langsmith_client.tag import DEFAULT_PLATFORM, refuse_uncommitted
from langsmith_client.toml_table import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from langsmith_client.fleet.entries import AgentEntry, Fleet, TargetEntry
    from langsmith_client.image.protocol import BuildRequest
    from langsmith_client.project import AgentFiles, Project

_MOST_FILES = 5
_SHALLOW = (
    "The clone is shallow: git takes its oldest commit for the last of every agent, so agents that did not change may "
    "look changed. Fetch the whole history."
)


@dataclasses.dataclass(frozen=True)
class Member:
    """One agent on one target.

    Attributes:
        entry: What langsmith.toml says, with nothing left to lay over.
        request: The image it needs, with its tag.
        environment: What its files say about the environment.
        smoke: What it is asked once it is deployed.
    """

    entry: AgentEntry
    request: BuildRequest
    environment: LocalEnvironment
    smoke: Question | None = None

    @property
    def name(self) -> str:
        """Of the deployment."""
        return self.entry.name

    @property
    def inputs(self) -> str:
        """Digest of everything that is built, as 64 hex digits."""
        return self.request.labels[INPUTS_LABEL]

    @property
    def watched(self) -> tuple[Path, ...]:
        """A commit that touches one of these is a commit of the agent."""
        project = self.request.project
        return (*project.folders, project.config.path)

    @property
    def notes(self) -> tuple[str, ...]:
        """What someone should know about the files, one sentence each."""
        git = self.request.project.git
        dirty = git.dirty if isinstance(git, GitState) else ()
        some = ", ".join(dirty[:_MOST_FILES]) + (f" and {len(dirty) - _MOST_FILES} more" if dirty[_MOST_FILES:] else "")
        return (*self.environment.notes, *([f"Not as committed, so the tag says so: {some}."] if dirty else []))

    def wish(self, **more: Any) -> Wish:
        """What shall be deployed; `more` are further fields of it.

        The file is the whole truth about references: none listed means that none we made shall stay.
        """
        return Wish(
            name=self.name,
            environment=self.environment.values,
            resources=self.entry.resources,
            references=self.entry.references,
            **more,
        )


def fleet_notes(members: Sequence[Member]) -> tuple[str, ...]:
    """What someone should know about the clone all members are in, one sentence each."""
    states = (member.request.project.git for member in members)
    return (_SHALLOW,) if any(isinstance(git, GitState) and git.shallow for git in states) else ()


def read_members(
    fleet: Fleet,
    target: TargetEntry,
    *,
    only: Sequence[str] = (),
    allow_dirty: bool = False,
    environ: Mapping[str, str],
    run: processes.Runner = processes.run,
) -> tuple[Member, ...]:
    """Read the agents of a target, or those named in `only`; git is asked once per repository.

    In CI all of an agent's files must be in a commit, unless `allow_dirty`.

    Raises:
        ProjectError: With every problem of every agent.
    """
    entries = _chosen(fleet, target, only)
    problems: list[str] = []
    read = [found for entry in entries if (found := _read(entry, target, environ, problems))]
    if problems:
        raise ProjectError(problems, f"Correct them; the agents are listed in {fleet.path}.")
    projects = with_git([each.files for each in read], run=run)
    if not allow_dirty:
        _refuse_uncommitted(projects, environ)
    platform = target.platform or DEFAULT_PLATFORM
    return tuple(
        Member(each.entry, build_request(project, each.repository, platform), each.environment, each.smoke)
        for each, project in zip(read, projects, strict=True)
    )


@dataclasses.dataclass(frozen=True)
class _Read:
    """One agent before git was asked."""

    entry: AgentEntry
    files: AgentFiles
    repository: Repository
    environment: LocalEnvironment
    smoke: Question | None


def _chosen(fleet: Fleet, target: TargetEntry, only: Sequence[str]) -> tuple[AgentEntry, ...]:
    entries = fleet.at(target.name)
    names = [entry.name for entry in entries]
    problems = [f"`{name}` is no agent of {target.name}{suggestion(name, names)}" for name in only if name not in names]
    if not problems and not entries:
        problems.append(f"{fleet.path} lists no agent for the target {target.name}.")
    if problems:
        raise ProjectError(problems, f"Look at the [agents] of {fleet.path}.")
    return tuple(entry for entry in entries if not only or entry.name in only)


def _refuse_uncommitted(projects: Sequence[Project], environ: Mapping[str, str]) -> None:
    refusals: dict[str, ProjectError] = {}
    for project in projects:
        try:
            refuse_uncommitted(project.git, environ)
        except ProjectError as error:
            refusals[project.name] = error
    if refusals:
        problems = [f"{name}: {problem}" for name, error in refusals.items() for problem in error.problems]
        raise ProjectError(problems, next(iter(refusals.values())).remedy)


def _read(entry: AgentEntry, target: TargetEntry, environ: Mapping[str, str], problems: list[str]) -> _Read | None:
    """One agent; what is wrong with it goes to `problems`."""
    repository = target.repository(entry.name)
    try:
        if repository is None:
            raise ProjectError(
                [f"Neither `push_to` nor `repositories` of the target {target.name} says where to push."]
            )
        files = read_agent(entry.path, name=entry.name, environ=environ)
        return _Read(
            entry,
            files,
            parse_repository(repository),
            local_environment(files.config, entry.env_file),
            question(entry.smoke, files.config.graphs, entry.smoke_graph) if entry.smoke else None,
        )
    except ProjectError as error:
        problems += [f"{entry.name}: {problem}" for problem in error.problems]
        return None
