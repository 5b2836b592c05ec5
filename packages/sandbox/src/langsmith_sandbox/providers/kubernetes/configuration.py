"""The provider's own inputs, read once at configure time."""

from __future__ import annotations

import dataclasses
import difflib
import os
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.properties import UNKNOWN, Properties

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAG_VARIABLES = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "enableServerSideApply": "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
}
_TEXTS = ("kubeconfig", "context", "cluster", "namespace", "clusterIdentifier")
_WITHOUT_EFFECT = ("suppressDeprecationWarnings", "suppressHelmHookWarnings", "kubeClientSettings")
"""Inputs that change what is printed or how fast requests go, neither of which the stand-in does."""


@dataclasses.dataclass(frozen=True)
class Configuration:
    """How to reach the cluster, and how to treat its objects.

    Attributes:
        kubeconfig: Contents of a kubeconfig or a path to one; empty means ``KUBECONFIG`` or ``~/.kube/config``;
            None while it is not known (in a preview, before the cluster exists).
        context: The context to use; empty means the kubeconfig's current one. ``cluster`` replaces that context's.
        namespace: Where namespaced objects go that name none; empty means what the context says.
        delete_unreachable: Drop objects of a cluster that is gone from the state instead of failing.
        config_map_mutable: Update a ConfigMap's data in place instead of replacing it; ``secret_mutable`` likewise.
        patch_force: Take fields over from other field managers.
        upsert: Take over objects that exist already.
    """

    kubeconfig: str | None = ""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    delete_unreachable: bool = False
    config_map_mutable: bool = False
    secret_mutable: bool = False
    patch_force: bool = False
    upsert: bool = False


def check(inputs: Properties) -> list[tuple[str, str]]:
    """What is wrong with the provider's inputs, as (property, reason)."""
    failures = []
    known = (*_TEXTS, *_FLAG_VARIABLES, *_WITHOUT_EFFECT)
    for key, value in inputs.items():
        if key == "enableServerSideApply" and _is_false(value):
            failures.append((key, "client-side apply is not supported by the stand-in of the Kubernetes provider"))
        elif key not in known and key not in ("version", "pluginDownloadURL", "__internal"):
            close = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean `{close[0]}`?" if close else ""
            failures.append((key, f"not supported by the stand-in of the Kubernetes provider{hint}"))
    return failures


def parse(inputs: Properties, environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration that ``inputs`` give, with the variables the official plugin reads for those left out."""

    def flag(key: str) -> bool:
        return _is_true(inputs.get(key, environment.get(_FLAG_VARIABLES[key])))

    def text(key: str) -> str:
        value = inputs.get(key)
        return value if isinstance(value, str) else ""

    unknown = any(inputs.get(key) is UNKNOWN for key in ("kubeconfig", "context", "cluster"))
    return Configuration(
        kubeconfig=None if unknown else text("kubeconfig"),
        context=text("context"),
        cluster=text("cluster"),
        namespace=text("namespace"),
        delete_unreachable=flag("deleteUnreachable"),
        config_map_mutable=flag("enableConfigMapMutable"),
        secret_mutable=flag("enableSecretMutable"),
        patch_force=flag("enablePatchForce"),
        upsert=flag("upsertExistingObjects"),
    )


def _is_true(value: Any) -> bool:
    """Flags arrive as booleans, or as strings from environment variables and stack configuration."""
    return value is True or str(value).lower() in ("true", "1")


def _is_false(value: Any) -> bool:
    return value is False or str(value).lower() in ("false", "0")
