"""The helm command lines of a release, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langsmith_sandbox.providers.properties import Properties

DEFAULT_TIMEOUT = 300
"""Seconds helm waits for a release, as in the official provider."""

_CHART_FLAGS = {"devel": "--devel", "dependencyUpdate": "--dependency-update", "skipCrds": "--skip-crds"}
_RENDER_FLAGS = {"renderSubchartNotes": "--render-subchart-notes"}
_APPLY_FLAGS = {
    **_RENDER_FLAGS,
    "atomic": "--atomic",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "disableWebhooks": "--no-hooks",
    "takeOwnership": "--take-ownership",
    "waitForJobs": "--wait-for-jobs",
}
_INSTALL_FLAGS = {"createNamespace": "--create-namespace", "replace": "--replace"}
_UPGRADE_FLAGS = {
    "cleanupOnFail": "--cleanup-on-fail",
    "forceUpdate": "--force",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
}
_REPOSITORY_FILES = {"caFile": "--ca-file", "certFile": "--cert-file", "keyFile": "--key-file"}
_UNSUPPORTED = ("disableCRDHooks", "keyring", "lint", "postrender", "recreatePods", "valueYamlFiles", "verify")


def refused(inputs: Properties) -> list[tuple[str, str]]:
    """Inputs the stand-in does not honour, as (property, reason)."""
    failures = [
        (key, "not supported by the stand-in of the Kubernetes provider") for key in _UNSUPPORTED if inputs.get(key)
    ]
    if (inputs.get("repositoryOpts") or {}).get("password"):
        failures.append(
            ("repositoryOpts.password", "not supported by the stand-in: helm takes it on its command line only")
        )
    return failures


def template(inputs: Properties) -> list[str]:
    """Render without a cluster."""
    return ["template", *_target(inputs), *_chart(inputs)]


def install(inputs: Properties) -> list[str]:
    """Install a release that does not exist yet."""
    return [
        "install",
        *_target(inputs),
        *_chart(inputs),
        *_waiting(inputs),
        *_flags(inputs, _APPLY_FLAGS, _INSTALL_FLAGS),
    ]


def upgrade(inputs: Properties) -> list[str]:
    """Bring an existing release to these inputs; values that are not given fall back to the chart's."""
    history = ["--history-max", str(inputs["maxHistory"])] if inputs.get("maxHistory") is not None else []
    flags = _flags(inputs, _APPLY_FLAGS, _UPGRADE_FLAGS)
    return ["upgrade", *_target(inputs), *_chart(inputs), *_waiting(inputs), *history, *flags]


def values(inputs: Properties) -> dict[str, Any]:
    """The chart's values; nulls only when asked for, since they delete the chart's defaults."""
    given = inputs.get("values") or {}
    return given if inputs.get("allowNullValues") else _without_nulls(given)


def timeout(inputs: Properties) -> int:
    """Seconds helm waits."""
    return int(inputs.get("timeout") or DEFAULT_TIMEOUT)


def _target(inputs: Properties) -> list[str]:
    return [inputs["name"], inputs["chart"], "--namespace", inputs["namespace"]]


def _chart(inputs: Properties) -> list[str]:
    arguments = _flags(inputs, _CHART_FLAGS)
    if inputs.get("version"):
        arguments += ["--version", inputs["version"]]
    repository = inputs.get("repositoryOpts") or {}
    if repository.get("repo"):
        arguments += ["--repo", repository["repo"]]
    if repository.get("username"):
        arguments += ["--username", repository["username"]]
    for key, flag in _REPOSITORY_FILES.items():
        if repository.get(key):
            arguments += [flag, repository[key]]
    return arguments


def _waiting(inputs: Properties) -> list[str]:
    arguments = ["--timeout", f"{timeout(inputs)}s"]
    if inputs.get("description"):
        arguments += ["--description", inputs["description"]]
    return arguments if inputs.get("skipAwait") and not inputs.get("atomic") else [*arguments, "--wait"]


def _flags(inputs: Properties, *tables: Mapping[str, str]) -> list[str]:
    return [flag for table in tables for key, flag in table.items() if inputs.get(key) is True]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
