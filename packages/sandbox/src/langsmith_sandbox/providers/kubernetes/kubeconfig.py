"""A kubeconfig as a value: contents or path, one context, one cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.kubernetes.errors import KubeconfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.providers.kubernetes.configuration import Configuration


def load(configuration: Configuration, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The kubeconfig that ``configuration`` gives, with its current context set to the one to use.

    Raises:
        KubeconfigError: It cannot be read, is no kubeconfig, or lacks the context or cluster.
    """
    import yaml

    try:
        content = yaml.safe_load(_text(configuration.kubeconfig or "", environment))
    except yaml.YAMLError:
        raise KubeconfigError("it is neither JSON nor YAML") from None
    if not isinstance(content, dict) or not isinstance(content.get("clusters"), list):
        raise KubeconfigError("it has no `clusters`")
    context_name = configuration.context or content.get("current-context") or ""
    context = _named(content, "contexts", context_name, "context")
    if configuration.cluster:
        context["cluster"] = configuration.cluster
    _named(content, "clusters", str(context.get("cluster", "")), "cluster")
    return {**content, "current-context": context_name}


def server(content: Mapping[str, Any]) -> str:
    """Address of the API server in the current context of a loaded kubeconfig."""
    context = _named(content, "contexts", content["current-context"], "context")
    return str(_named(content, "clusters", context["cluster"], "cluster").get("server", ""))


def namespace(content: Mapping[str, Any]) -> str:
    """Namespace of the current context, ``default`` unless it names one."""
    context = _named(content, "contexts", content["current-context"], "context")
    return context.get("namespace") or "default"


def without_plugin(content: Mapping[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The ``exec`` section of the current user, None without one, and the kubeconfig with no such section."""
    users = [
        {**entry, "user": {key: value for key, value in (entry.get("user") or {}).items() if key != "exec"}}
        for entry in content.get("users") or ()
    ]
    name = _named(content, "contexts", content["current-context"], "context").get("user")
    plugin = _named(content, "users", name, "user").get("exec") if name else None
    return plugin, {**content, "users": users}


def with_token(content: Mapping[str, Any], token: str) -> dict[str, Any]:
    """The kubeconfig whose current user has ``token`` instead of a plugin."""
    context = _named(content, "contexts", content["current-context"], "context")
    return {**content, "users": [{"name": context["user"], "user": {"token": token}}]}


def _text(kubeconfig: str, environment: Mapping[str, str]) -> str:
    if "\n" in kubeconfig or kubeconfig.lstrip().startswith("{"):
        return kubeconfig
    default = environment.get("KUBECONFIG", "").split(os.pathsep)[0] or str(Path.home() / ".kube" / "config")
    path = Path(kubeconfig or default).expanduser()
    try:
        return path.read_text()
    except OSError as problem:
        raise KubeconfigError(f"{path} cannot be read ({problem.strerror})") from None


def _named(content: Mapping[str, Any], section: str, name: str, field: str) -> dict[str, Any]:
    for entry in content.get(section) or ():
        if entry.get("name") == name:
            return entry.get(field) or {}
    raise KubeconfigError(f"it has no {field} named {name!r}")
