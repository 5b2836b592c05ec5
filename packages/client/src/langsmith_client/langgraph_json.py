"""langgraph.json: read strictly, so that a misspelt key is an error and not a silently missing feature."""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The keys langgraph-cli 0.4 knows; a test compares the two lists.
KNOWN_KEYS = frozenset(
    {
        "$schema",
        "_INTERNAL_docker_tag",
        "api_version",
        "auth",
        "base_image",
        "checkpointer",
        "dependencies",
        "dockerfile_lines",
        "encryption",
        "env",
        "graphs",
        "http",
        "image_distro",
        "keep_pkg_tools",
        "node_version",
        "pip_config_file",
        "pip_installer",
        "priority",
        "python_version",
        "source",
        "store",
        "ui",
        "ui_config",
        "webhooks",
    }
)
_DEFAULT_BASE_IMAGE = "docker.io/langchain/langgraph-api"
_JAVASCRIPT_BASE_IMAGE = "docker.io/langchain/langgraphjs-api"
_DEFAULT_PYTHON = "3.11"
_DEFAULT_DISTRO = "debian"


@dataclasses.dataclass(frozen=True)
class LangGraphConfig:
    """One langgraph.json.

    Attributes:
        path: The file, absolute.
        values: Its content as written.
    """

    path: Path
    values: Mapping[str, Any]

    @property
    def directory(self) -> Path:
        """The folder its relative paths start from."""
        return self.path.parent

    @property
    def python_version(self) -> str:
        """Major and minor, such as `3.11`."""
        return self.values.get("python_version") or _DEFAULT_PYTHON

    @property
    def javascript(self) -> bool:
        """Whether its graphs are JavaScript alone; with a `python_version` beside it they are mixed."""
        return bool(self.values.get("node_version")) and not self.values.get("python_version")

    @property
    def dependencies(self) -> tuple[str, ...]:
        """As written: folders start with a dot, everything else is a requirement."""
        return tuple(self.values.get("dependencies", ()))

    @property
    def graphs(self) -> Mapping[str, Any]:
        """Graph id to `path:attribute`, or to an object that holds it under `path`."""
        return self.values["graphs"]

    @property
    def base_image(self) -> str:
        """The image agents are built on, with the tag langgraph-cli would choose."""
        distro = self.values.get("image_distro") or _DEFAULT_DISTRO
        language, version = ("node", self.values["node_version"]) if self.javascript else ("py", self.python_version)
        variant = str(version) + ("" if distro == _DEFAULT_DISTRO else f"-{distro}")
        default = _JAVASCRIPT_BASE_IMAGE if self.javascript else _DEFAULT_BASE_IMAGE
        name = self.values.get("base_image") or default
        if pinned := self.values.get("_INTERNAL_docker_tag"):
            return f"{name}:{pinned}"
        if "@" in name or ":" in name.rpartition("/")[2]:
            return name
        api_version = self.values.get("api_version")
        return f"{name}:{api_version}-{language}{variant}" if api_version else f"{name}:{variant}"


def read_langgraph_json(path: Path) -> LangGraphConfig:
    """Read and check one langgraph.json.

    Raises:
        ProjectError: The file is missing, is not JSON, or holds something a deploy could not honour.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError([f"There is no {path}."], "Name the agent's folder, or its file with --config.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ProjectError([f"{path} is not valid JSON: {error}."], "Correct it and try again.") from None
    if not isinstance(values, dict):
        raise ProjectError([f"{path} must hold a JSON object."], "Start it with a `graphs` key.")
    problems = [*_unknown_keys(values), *_bad_values(values)]
    if problems:
        raise ProjectError([f"{path.name}: {problem}" for problem in problems], f"Correct {path}.")
    return LangGraphConfig(path.absolute(), values)


def _unknown_keys(values: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    for key in sorted(set(values) - KNOWN_KEYS):
        close = difflib.get_close_matches(key, KNOWN_KEYS, n=1)
        problems.append(f"unknown key {key!r}{f', did you mean {close[0]!r}?' if close else '.'}")
    return problems


def _bad_values(values: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    graphs = values.get("graphs")
    if not isinstance(graphs, dict) or not graphs:
        problems.append('`graphs` must name at least one graph, such as {"agent": "./agent.py:graph"}.')
    else:
        problems += [
            f"graph {name!r} must be `path:attribute`."
            for name, graph in graphs.items()
            if ":" not in str(graph.get("path", "") if isinstance(graph, dict) else graph)
        ]
    dependencies = values.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(item, str) for item in dependencies):
        problems.append("`dependencies` must be a list of strings.")
    elif not dependencies and not values.get("source") and not values.get("node_version"):
        problems.append('`dependencies` is empty; name the folder of the code, such as ["."].')
    if not re.fullmatch(r"3\.\d+", str(values.get("python_version") or _DEFAULT_PYTHON)):
        problems.append("`python_version` must be major and minor only, such as 3.11.")
    if not isinstance(values.get("env", {}), dict | str):
        problems.append("`env` must be an object or the name of a file.")
    return problems
