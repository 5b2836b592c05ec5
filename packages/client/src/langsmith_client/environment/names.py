"""Names a variable of a deployment may have, and for each reserved one why not and what to use in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEDY = "Remove it, or use the name that is meant for it."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_DATABASE = "the platform connects the agent to its database; your own goes into POSTGRES_URI_CUSTOM"
_TRACING = "the platform decides about tracing; LANGSMITH_TRACING switches it on or off"
_PROJECT = "traces go to the tracing project of the deployment's name; choose that name with --name"
_SOURCE = "it is about code the platform builds itself; the commit of an image is in its tag and labels"
_LOGIN = "the platform guards the agent's API with it; your own rules go under `auth` in langgraph.json"
_IDENTITY = "the platform tells the agent which deployment and revision it is, and the proof of a deploy relies on it"
_LOGS = "the platform collects the agent's logs in this format; LOG_LEVEL chooses how much is logged"
_DATADOG = (
    "the platform decides what it traces itself; LSD_DD_API_KEY and LSD_DD_ENDPOINT are for metrics in your Datadog"
)

# The names langgraph-cli reserves, less those a self-hosted data plane lets through; a test compares the two lists.
# What the control plane would do with one of them is not documented, so none is ever sent.
PLATFORM_OWNED = {
    "DATABASE_URI": _DATABASE,
    "DD_TRACE_PSYCOPG_ENABLED": _DATADOG,
    "DD_TRACE_REDIS_ENABLED": _DATADOG,
    "LANGCHAIN_API_KEY": "it is the former name of a variable the platform sets; use LANGSMITH_API_KEY",
    "LANGCHAIN_CALLBACKS_BACKGROUND": "the platform decides how traces are sent; nothing takes its place",
    "LANGCHAIN_ENDPOINT": "it is the former name of a variable the platform sets; use LANGSMITH_ENDPOINT",
    "LANGCHAIN_PROJECT": _PROJECT,
    "LANGCHAIN_TRACING_V2": _TRACING,
    "LANGGRAPH_AUTH_TYPE": _LOGIN,
    "LANGGRAPH_CLOUD_LICENSE_KEY": "the licence is the data plane's, given to it when it is installed",
    "LANGGRAPH_GIT_REPO_PATH": _SOURCE,
    "LANGSMITH_AUTH_ENDPOINT": _LOGIN,
    "LANGSMITH_AUTH_VERIFY_TENANT_ID": _LOGIN,
    "LANGSMITH_CONTROL_PLANE_API_KEY": "the data plane's own key; give the agent one under a name of your own",
    "LANGSMITH_DEPLOYMENT_NAME": "it names the deployment to the command line; use --name",
    "LANGSMITH_HOST_PROJECT_ID": _IDENTITY,
    "LANGSMITH_HOST_PROJECT_NAME": _IDENTITY,
    "LANGSMITH_HOST_REVISION_ID": _IDENTITY,
    "LANGSMITH_LANGGRAPH_GIT_REF": _SOURCE,
    "LANGSMITH_LANGGRAPH_GIT_REF_SHA": _SOURCE,
    "LANGSMITH_LANGGRAPH_GIT_REPO": _SOURCE,
    "LANGSMITH_PROJECT": _PROJECT,
    "LANGSMITH_TENANT_ID": "the platform tells the agent its workspace; use LANGSMITH_WORKSPACE_ID for another one",
    "LANGSMITH_TRACING_V2": _TRACING,
    "LOG_DICT_TRACEBACKS": _LOGS,
    "LOG_JSON": _LOGS,
    "POSTGRES_PASSWORD": _DATABASE,
    "POSTGRES_URI": _DATABASE,
    "REDIS_URI": "the platform connects the agent to its queue; your own goes into REDIS_URI_CUSTOM",
}
# How people and `langgraph deploy` log in and say what they mean. Official clients read these from the same file as
# the agent's variables, so finding one there is no mistake, and sending it would give the agent a person's key.
FOR_THE_CLIENT = frozenset(
    {"LANGCHAIN_API_KEY", "LANGGRAPH_HOST_API_KEY", "LANGSMITH_DEPLOYMENT_NAME", "LANGSMITH_TENANT_ID"}
)


def variable_problems(names: Iterable[str]) -> list[str]:
    """Everything that is wrong with `names`, one sentence each; empty when all may be set."""
    problems: list[str] = []
    for name in sorted(names):
        if not _NAME.fullmatch(name):
            problems.append(f"{name!r} is not a name for a variable: letters, digits and underscores are.")
        elif reason := PLATFORM_OWNED.get(name):
            problems.append(f"{name} is reserved: {reason}.")
        elif name in FOR_THE_CLIENT:
            problems.append(f"{name} is how this command logs in, and no agent gets it.")
    return problems
