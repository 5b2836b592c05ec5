"""Agents: langgraph.json, version, files and git state, read once and then only passed around."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

from langsmith_client import processes
from langsmith_client.errors import ProjectError
from langsmith_client.git import GitState, NoGit, Watched, read_git_states
from langsmith_client.langgraph_json import LangGraphConfig, read_langgraph_json
from langsmith_client.local_packages import LocalPackage, local_packages, read_pyproject
from langsmith_client.names import name_problems
from langsmith_client.source import SourceTree, read_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CONFIG_NAME = "langgraph.json"
NAME_VARIABLE = "LANGSMITH_DEPLOYMENT_NAME"


@dataclasses.dataclass(frozen=True)
class AgentFiles:
    """An agent as its files describe it, before git was asked.

    Attributes:
        name: Name of the deployment.
        version: Version of the agent, as its pyproject.toml or package.json states it.
        config: Its langgraph.json.
        packages: The folders of code it consists of.
        source: The files that enter the image.
    """

    name: str
    version: str
    config: LangGraphConfig
    packages: tuple[LocalPackage, ...]
    source: SourceTree

    @property
    def directory(self) -> Path:
        """The folder of the langgraph.json."""
        return self.config.directory

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of code."""
        return tuple(package.directory for package in self.packages)

    @property
    def recipe(self) -> tuple[Path, ...]:
        """Files that decide what the image is, wherever they lie and whether or not they enter it."""
        return tuple(dict.fromkeys([self.config.path, *(path for package in self.packages for path in package.recipe)]))


@dataclasses.dataclass(frozen=True)
class Project(AgentFiles):
    """An agent that can be built.

    Attributes:
        git: The commit its files come from, or why there is none.
    """

    git: GitState | NoGit


def load_project(
    path: Path,
    *,
    config_name: str = CONFIG_NAME,
    name: str | None = None,
    version: str | None = None,
    environ: Mapping[str, str],
    run: processes.Runner = processes.run,
) -> Project:
    """Read the agent in the folder `path`, as `read_agent` does, and ask git about it.

    Raises:
        ProjectError: With every problem found.
    """
    agent = read_agent(path, config_name=config_name, name=name, version=version, environ=environ)
    (project,) = with_git([agent], run=run)
    return project


def read_agent(
    path: Path,
    *,
    config_name: str = CONFIG_NAME,
    name: str | None = None,
    version: str | None = None,
    environ: Mapping[str, str],
) -> AgentFiles:
    """Read the agent in the folder `path` (or whose langgraph.json is `path`).

    The name is `name`, else LANGSMITH_DEPLOYMENT_NAME, else the project's own, with the dashes and lowercase
    letters that package indexes treat as equal (PEP 503). A name that would not do is refused, never rewritten.

    Raises:
        ProjectError: With every problem found.
    """
    config = read_langgraph_json(path if path.is_file() else path / config_name)
    metadata = _metadata(config.directory)
    deployed_as = name or environ.get(NAME_VARIABLE) or _own_name(metadata, config.directory)
    own_version = version or metadata.get("version")
    problems = name_problems(deployed_as)
    if not own_version:
        problems.append(
            f"{config.directory} states no version: there is none under [project] of a pyproject.toml, nor in a "
            "package.json."
        )
    if problems:
        raise ProjectError(problems, "Correct that file, or use --name and --version-label.")
    packages = local_packages(config, _own_name(metadata, config.directory))
    return AgentFiles(deployed_as, str(own_version), config, packages, read_source(config.directory, packages))


def with_git(agents: Sequence[AgentFiles], *, run: processes.Runner = processes.run) -> tuple[Project, ...]:
    """The agents, in their order, with what git knows about them; asked once per repository."""
    watched = [Watched(agent.source, agent.recipe, agent.folders) for agent in agents]
    states = read_git_states(watched, run=run)
    return tuple(
        Project(agent.name, agent.version, agent.config, agent.packages, agent.source, git)
        for agent, git in zip(agents, states, strict=True)
    )


def own_name(directory: Path) -> str:
    """The name that the agent in `directory` goes by unless a flag or a variable says otherwise.

    Raises:
        ProjectError: Its pyproject.toml or package.json cannot be read.
    """
    return _own_name(_metadata(directory), directory)


def _metadata(directory: Path) -> Mapping[str, Any]:
    """Name and version, from Python's or else from JavaScript's own file; a scope is no part of a name here."""
    if project := read_pyproject(directory).get("project"):
        return project
    path = directory / "package.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        return {**package, "name": str(package.get("name") or "").rpartition("/")[2]}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError) as error:
        raise ProjectError([f"{path} is not a JSON object: {error}."], "Correct it and try again.") from None


def _own_name(metadata: Mapping[str, Any], directory: Path) -> str:
    name = metadata.get("name") or directory.resolve().name
    return re.sub(r"[-_.]+", "-", name).lower()
