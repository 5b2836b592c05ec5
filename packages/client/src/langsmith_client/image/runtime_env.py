"""The environment that tells the Agent Server in an image what to serve, as langgraph-cli writes it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from langsmith_client.langgraph_json import LangGraphConfig
    from langsmith_client.local_packages import LocalPackage

# Key of langgraph.json to the server's variable, and to the key below it that names a Python file, if any does.
_SECTIONS = {
    "store": ("LANGGRAPH_STORE", None),
    "auth": ("LANGGRAPH_AUTH", "path"),
    "encryption": ("LANGGRAPH_ENCRYPTION", "path"),
    "priority": ("LANGGRAPH_PRIORITY", "path"),
    "http": ("LANGGRAPH_HTTP", "app"),
    "webhooks": ("LANGGRAPH_WEBHOOKS", None),
    "checkpointer": ("LANGGRAPH_CHECKPOINTER", "path"),
}


def runtime_env(config: LangGraphConfig, packages: Sequence[LocalPackage]) -> dict[str, str]:
    """The variables of the image, with paths as they are inside it.

    Raises:
        ProjectError: A path names no file, or one that does not enter the image.
    """
    problems: list[str] = []

    def inside(what: str, reference: str) -> str:
        try:
            return _inside(config.directory, packages, reference)
        except LookupError as error:
            problems.append(f"{config.path.name}: {what}: {error.args[0]}")
            return reference

    variables: dict[str, str] = {}
    for key, (variable, path_key) in _SECTIONS.items():
        section = copy.deepcopy(config.values.get(key))
        if section is None:
            continue
        if path_key and section.get(path_key):
            section[path_key] = inside(f"`{key}.{path_key}`", section[path_key])
        variables[variable] = json.dumps(section)
    graphs: dict[str, Any] = {}
    for name, graph in config.graphs.items():
        path = graph["path"] if isinstance(graph, dict) else graph
        served = inside(f"graph {name!r}", path)
        graphs[name] = {**graph, "path": served} if isinstance(graph, dict) else served
    variables["LANGSERVE_GRAPHS"] = json.dumps(graphs)
    if problems:
        raise ProjectError(problems, "Correct the path, or add the folder to `dependencies`.")
    return variables


def _inside(directory: Path, packages: Sequence[LocalPackage], reference: str) -> str:
    module, _, attribute = reference.partition(":")
    if "/" not in module and "\\" not in module:
        return reference  # a dotted module name, found through Python's path
    file = (directory / module).resolve()
    if not file.is_file():
        raise LookupError(f"there is no file {module}.")
    for package in packages:
        if file.is_relative_to(package.directory):
            return f"{package.container / file.relative_to(package.directory).as_posix()}:{attribute}"
    raise LookupError(f"{module} is in none of the folders in `dependencies`.")
