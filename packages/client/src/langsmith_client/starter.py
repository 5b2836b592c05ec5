"""The first langsmith.toml of a repository: the agents that are found, and one target."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client.environment.references import as_texts
from langsmith_client.names import name_problems
from langsmith_client.project import CONFIG_NAME, own_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langsmith_client.langsmith_toml import TargetEntry

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# Other people's code may hold agents too.
_SKIPPED = frozenset({"node_modules", "site-packages", "build", "dist"})


@dataclasses.dataclass(frozen=True)
class Agents:
    """The agents of a repository.

    Attributes:
        agents: Name to folder, relative to where the search began, in the order of the folders.
        problems: A sentence for each agent that is left out.
    """

    agents: Mapping[str, Path]
    problems: tuple[str, ...]


def find_agents(root: Path) -> Agents:
    """The agents at or below `root` that can be deployed under their own name.

    Raises:
        ProjectError: A pyproject.toml is not TOML.
    """
    agents: dict[str, Path] = {}
    problems: list[str] = []
    for folder in _folders(root):
        name = own_name(folder)
        unfit = name_problems(name)
        if name in agents:
            unfit = [f"{agents[name]} is called {name!r} as well."]
        problems += [f"{folder} is left out: {problem}" for problem in unfit]
        if not unfit:
            agents[name] = folder.relative_to(root)
    return Agents(agents, tuple(problems))


def _folders(root: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(root):
        inner[:] = sorted(each for each in inner if not each.startswith(".") and each not in _SKIPPED)
        if CONFIG_NAME in files:
            yield Path(folder)


def langsmith_toml(target: TargetEntry, agents: Mapping[str, Path]) -> str:
    """The text of a langsmith.toml. What the target leaves open stands there as a comment, to be filled in."""
    lines = [
        "# Where agents are deployed to, and which. Every key: docs/client.md of langsmith-client.",
        "# No keys here: they come from LANGSMITH_API_KEY or from a profile.",
        "",
        f"[targets.{_key(target.name)}]",
        *_setting("host_url", target.host_url, "https://api.host.langchain.com"),
        *_setting("workspace_id", target.workspace_id, "UUID of the LangSmith workspace"),
        *_setting("profile", target.profile, None),
        *_setting("listener_id", target.listener_id, "UUID, see `langsmith-client listeners list`"),
        *_setting("namespace", target.namespace, "one of the listener's namespaces"),
        *_setting("platform", target.platform, None),
        *([] if target.repositories else _setting("push_to", target.push_to, "registry.example.com/agents")),
    ]
    if target.repositories:
        lines += ["", f"[targets.{_key(target.name)}.repositories]"]
        lines += [f"{_key(name)} = {_text(repository)}" for name, repository in sorted(target.repositories.items())]
    for agent, references in sorted(target.references.items()):
        lines += ["", f"[targets.{_key(target.name)}.references.{_key(agent)}]"]
        lines += [f"{name} = {_text(source)}" for name, source in as_texts(references).items()]
    for name, folder in agents.items():
        lines += ["", f"[agents.{_key(name)}]", f"path = {_text(folder.as_posix())}"]
    return "\n".join(lines) + "\n"


def _setting(key: str, value: str | None, example: str | None) -> list[str]:
    if value is not None:
        return [f"{key} = {_text(value)}"]
    return [f"# {key} = {_text(example)}"] if example is not None else []


def _text(value: str) -> str:
    # The escapes of a JSON string are among those of a TOML string.
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)
