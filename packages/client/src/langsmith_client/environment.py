"""The environment of a deployment: read locally, laid over what the deployment has, never dropping a remote key."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from langsmith_client.errors import ConflictError, ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_client.langgraph_json import LangGraphConfig

# Owned by the platform: it sets them itself, and langgraph-cli drops them silently (its RESERVED_ENV_VARS without
# the ones a self-hosted data plane lets through).
PLATFORM_OWNED = frozenset(
    {
        "DATABASE_URI",
        "DD_TRACE_PSYCOPG_ENABLED",
        "DD_TRACE_REDIS_ENABLED",
        "LANGCHAIN_API_KEY",
        "LANGCHAIN_CALLBACKS_BACKGROUND",
        "LANGCHAIN_ENDPOINT",
        "LANGCHAIN_PROJECT",
        "LANGCHAIN_TRACING_V2",
        "LANGGRAPH_AUTH_TYPE",
        "LANGGRAPH_CLOUD_LICENSE_KEY",
        "LANGGRAPH_GIT_REPO_PATH",
        "LANGSMITH_AUTH_ENDPOINT",
        "LANGSMITH_AUTH_VERIFY_TENANT_ID",
        "LANGSMITH_CONTROL_PLANE_API_KEY",
        "LANGSMITH_DEPLOYMENT_NAME",
        "LANGSMITH_HOST_PROJECT_ID",
        "LANGSMITH_HOST_PROJECT_NAME",
        "LANGSMITH_HOST_REVISION_ID",
        "LANGSMITH_LANGGRAPH_GIT_REF",
        "LANGSMITH_LANGGRAPH_GIT_REF_SHA",
        "LANGSMITH_LANGGRAPH_GIT_REPO",
        "LANGSMITH_PROJECT",
        "LANGSMITH_TENANT_ID",
        "LANGSMITH_TRACING_V2",
        "LOG_DICT_TRACEBACKS",
        "LOG_JSON",
        "POSTGRES_PASSWORD",
        "POSTGRES_URI",
        "REDIS_URI",
    }
)
# How this client itself logs in. It has no business in an agent.
_OWN_CREDENTIAL = "LANGGRAPH_HOST_API_KEY"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[^=\s]+)\s*=(?P<value>.*)")


@dataclasses.dataclass(frozen=True)
class LocalEnvironment:
    """What the agent's folder wants its deployment to have.

    Attributes:
        values: Name to value; kept out of the repr.
        notes: What was left out and why, one sentence each, without values.
    """

    values: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()


def local_environment(config: LangGraphConfig, env_file: Path | None) -> LocalEnvironment:
    """The variables of `env_file`, else of the `env` of langgraph.json.

    Raises:
        ProjectError: The file cannot be read, or a name may not be set.
    """
    listed = config.values.get("env", {})
    notes: list[str] = []
    if env_file is not None:
        values = _read(env_file)
    elif isinstance(listed, dict):
        values = {name: str(value) for name, value in listed.items()}
    elif (config.directory / listed).is_file():
        values = _read(config.directory / listed)
    else:
        values = {}
        notes.append(f"{listed}, which {config.path.name} names, does not exist: the deployment keeps its environment.")
    if values.pop(_OWN_CREDENTIAL, None) is not None:
        notes.append(f"{_OWN_CREDENTIAL} is how this command logs in and stays here.")
    if empty := sorted(name for name, value in values.items() if not value):
        notes.append(f"Without a value, and so left out: {', '.join(empty)}.")
    _check_names(values)
    return LocalEnvironment({name: value for name, value in values.items() if value}, tuple(notes))


def merged_environment(local: Mapping[str, str], remote: Mapping[str, str | None]) -> dict[str, str] | None:
    """The complete environment to send, or None when `local` changes nothing.

    The control plane replaces the whole environment by the list it gets, so every remote variable has to be in it.

    Raises:
        ConflictError: The control plane keeps a remote value to itself, and sending the rest would lose it.
    """
    if all(remote.get(name) == value for name, value in local.items()):
        return None
    hidden = sorted(name for name, value in remote.items() if value is None and name not in local)
    if hidden:
        raise ConflictError(
            f"The control plane does not return the values of {', '.join(hidden)}; changing the environment would "
            "lose them.",
            "Put them into the local environment as well.",
        )
    return {**{name: value for name, value in remote.items() if value is not None}, **local}


def _check_names(values: Mapping[str, str]) -> None:
    problems = [f"{name!r} is not a name for a variable." for name in sorted(values) if not _NAME.fullmatch(name)]
    problems += [f"{name} is set by the platform itself." for name in sorted(PLATFORM_OWNED & values.keys())]
    if problems:
        raise ProjectError(problems, "Remove or rename it in the agent's environment.")


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError([f"{path} cannot be read ({type(error).__name__})."], "Check --env-file.") from None
    values: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:  # the line itself may be half a secret
            raise ProjectError([f"Line {number} of {path} is not NAME=value."], "Correct the line.")
        values[match["name"]] = _value(match["value"].strip())
    return values


def _value(text: str) -> str:
    quote = text[:1]
    if quote in {"'", '"'} and (end := text.find(quote, 1)) > 0:
        inner = text[1:end]
        return inner.replace("\\n", "\n") if quote == '"' else inner
    return text.partition(" #")[0].rstrip()
