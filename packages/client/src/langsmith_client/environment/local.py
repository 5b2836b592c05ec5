"""What the agent's folder says about the environment, read as the official client reads it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.environment.env_file import read_env_file
from langsmith_client.environment.names import FOR_THE_CLIENT, REMEDY, variable_problems
from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_client.langgraph_json import LangGraphConfig


@dataclasses.dataclass(frozen=True)
class LocalEnvironment:
    """What the agent's folder wants its deployment to have.

    Attributes:
        values: Name to value; an empty one leaves what the deployment has under the name. None when the folder says
            nothing about the environment, which then stays as it is. Kept out of the repr.
        notes: What was left out and why, one sentence each, without values.
    """

    values: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    notes: tuple[str, ...] = ()


def local_environment(config: LangGraphConfig | None, env_file: Path | None) -> LocalEnvironment:
    """The variables of `env_file`, else of the `env` of the langgraph.json: a map, or the name of a file.

    Raises:
        ProjectError: The file cannot be read, or a name may not be set.
    """
    if env_file is not None:
        return _checked(read_env_file(env_file))
    if config is None or not (listed := config.values.get("env")):
        return LocalEnvironment()
    if isinstance(listed, dict):
        return _checked({name: str(value) for name, value in listed.items()})
    if not (config.directory / listed).is_file():
        note = f"{listed}, which {config.path.name} names, does not exist: the deployment keeps its environment."
        return LocalEnvironment(notes=(note,))
    return _checked(read_env_file(config.directory / listed))


def _checked(values: Mapping[str, str]) -> LocalEnvironment:
    notes: list[str] = []
    if ours := sorted(FOR_THE_CLIENT & values.keys()):
        notes.append(f"Meant for the command line, and so not for the agent: {', '.join(ours)}.")
    kept = {name: value for name, value in values.items() if name not in FOR_THE_CLIENT}
    if empty := sorted(name for name, value in kept.items() if not value):
        notes.append(f"Without a value here, and so left as the deployment has them: {', '.join(empty)}.")
    if problems := variable_problems(kept):
        raise ProjectError(problems, REMEDY)
    return LocalEnvironment(kept, tuple(notes))
