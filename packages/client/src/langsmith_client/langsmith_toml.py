"""langsmith.toml: the targets of a repository and the agents that are deployed to them.

    [targets.dev]
    push_to = "registry.example.com/agents"      # the agent's name follows, or stands where {name} does
    listener_id = "…"
    namespace = "agents"

    [agents.greeter]
    path = "agents/greeter"
    resources = { cpu = 1, memory_mb = 1024 }

    [agents.greeter.on.prod]                      # laid over the above on one target
    resources = { min_scale = 2 }

Paths are relative to the file. docs/client.md lists every key; langsmith_toml.schema.json describes them to editors.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from langsmith_client.environment.names import variable_problems
from langsmith_client.environment.references import read_reference
from langsmith_client.errors import ProjectError
from langsmith_client.fleet.entries import AgentEntry, Fleet, Override, TargetEntry
from langsmith_client.image.protocol import PLATFORMS
from langsmith_client.image_reference import parse_repository
from langsmith_client.names import name_problems
from langsmith_client.resources import resource_table
from langsmith_client.target.protocol import SecretReference
from langsmith_client.toml_table import Table, suggestion

FILE_NAME = "langsmith.toml"
_TARGET_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def find_fleet(start: Path) -> Path | None:
    """The langsmith.toml of `start`, a file or folder, or of the nearest folder above it.

    The search ends with the repository: a file beyond it, in a shared folder say, is somebody else's, and it would
    decide where images and keys go.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (found := folder / FILE_NAME).is_file():
            return found
        if (folder / ".git").exists():
            return None
    return None


def load_fleet(path: Path) -> Fleet:
    """Read and check one langsmith.toml; of everything it names, only the file itself is looked at.

    Raises:
        ProjectError: It cannot be read, or with every problem found in it.
    """
    try:
        return parse_fleet(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        remedy = f"Write one, or let `langsmith-client init` do it; see {FILE_NAME} in the documentation."
        raise ProjectError([f"{path} cannot be read ({error.strerror or type(error).__name__})."], remedy) from None
    except UnicodeDecodeError as error:
        raise ProjectError([f"{path} is not text: {error}."], "Save it as UTF-8.") from None


def parse_fleet(text: str, path: Path) -> Fleet:
    """Check the text of a langsmith.toml that is, or is going to be, at `path`; errors as for `load_fleet`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError([f"{path} is not valid TOML: {error}."], "Correct it and try again.") from None
    problems: list[str] = []
    root = Table(values, "", problems)
    targets = {name: _target(name, table) for name, table in root.tables("targets")}
    agents = {name: _agent(name, table, path.absolute().parent, targets) for name, table in root.tables("agents")}
    root.finish()
    if problems:
        raise ProjectError([f"{path.name}: {problem}" for problem in problems], f"Correct {path}.")
    return Fleet(path.absolute(), targets, agents)


def _target(name: str, table: Table) -> TargetEntry:
    entry = TargetEntry(
        name=name,
        push_to=table.text("push_to"),
        repositories=table.named_texts("repositories"),
        listener_id=table.text("listener_id"),
        namespace=table.text("namespace"),
        host_url=table.text("host_url"),
        profile=table.text("profile"),
        workspace_id=table.text("workspace_id"),
        platform=table.text("platform"),
        references={agent: _references(inner) for agent, inner in table.tables("references")},
    )
    table.finish()
    if not _TARGET_NAME.fullmatch(name):
        table.problem("", "may hold only lowercase letters, digits, dashes and underscores.")
    if entry.push_to:
        _check_repository(table, "push_to", entry.repository("agent") or "")
    for agent, repository in entry.repositories.items():
        _check_repository(table, f"repositories.{agent}", repository)
    if bool(entry.listener_id) != bool(entry.namespace):
        table.problem("namespace" if entry.listener_id else "listener_id", "is missing; they go together.")
    if entry.host_url and not re.match(r"https?://", entry.host_url):
        table.problem("host_url", "must start with https:// or http://.")
    if entry.platform and entry.platform not in PLATFORMS:
        table.problem("platform", f"must be one of {', '.join(PLATFORMS)}.")
    return entry


def _check_repository(table: Table, key: str, repository: str) -> None:
    try:
        parse_repository(repository)
    except ProjectError as error:
        table.problem(key, f"does not lead to an image repository: {error.problems[0]}")


def _agent(name: str, table: Table, folder: Path, targets: Mapping[str, TargetEntry]) -> AgentEntry:
    path = table.text("path", required=True)
    chosen = table.texts("targets")
    common = _override(table, folder)
    entry = AgentEntry(
        name=name,
        path=folder / (path or ""),
        targets=tuple(targets) if chosen is None else chosen,
        env_file=common.env_file,
        resources=common.resources,
        references=common.references,
        canary=table.flag("canary"),
        wave=table.number("wave", default=1, least=1),
        smoke=table.text("smoke"),
        smoke_graph=table.text("smoke_graph"),
        on={target: _override(inner, folder, finish=True) for target, inner in table.tables("on")},
    )
    table.finish()
    for problem in name_problems(name):
        table.problem("", f"cannot be deployed: {problem}")
    for target in entry.targets:
        if target not in targets:
            table.problem("targets", f"names `{target}`, which is not a target{suggestion(target, targets)}")
    for target in entry.on:
        if target not in entry.targets:
            table.problem(f"on.{target}", f"is not for a target of the agent{suggestion(target, entry.targets)}")
    return entry


def _override(table: Table, folder: Path, *, finish: bool = False) -> Override:
    env_file = table.text("env_file")
    override = Override(
        env_file=folder / env_file if env_file else None,
        resources=resource_table(table.table("resources")),
        references=_references(table.table("references")),
    )
    if finish:
        table.finish()
    return override


def _references(table: Table) -> tuple[SecretReference, ...]:
    found = {variable: read_reference(variable, table.text(variable) or "") for variable in table.names()}
    for variable in (variable for variable, reference in found.items() if reference is None):
        table.problem(variable, "must be `secret:key`: a Kubernetes Secret and one of its keys.")
    for problem in variable_problems(found):
        table.problem("", f"cannot be set: {problem}")
    return tuple(each for each in found.values() if each)
