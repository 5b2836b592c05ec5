"""What changed between two sets of inputs, and which of it only a new object can have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from langsmith_sandbox.providers.plugin import Change

if TYPE_CHECKING:
    from langsmith_sandbox.providers.kubernetes.configuration import Configuration
    from langsmith_sandbox.providers.properties import Properties, Value

_SELECTOR = ("spec.selector",)
_ROLE_BINDING = ("roleRef",)
_POD_MAY_CHANGE = frozenset({"activeDeadlineSeconds", "tolerations", "containers", "initContainers"})

_REPLACING: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "PersistentVolumeClaim"): ("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Service"): ("spec.clusterIP",),
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "StatefulSet"): (
        *_SELECTOR,
        "spec.podManagementPolicy",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): (*_SELECTOR, "spec.completions", "spec.parallelism", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _ROLE_BINDING,
    ("rbac.authorization.k8s.io", "RoleBinding"): _ROLE_BINDING,
    ("storage.k8s.io", "StorageClass"): ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
}
"""Fields the API never changes in place, by group and kind; names and namespaces are such in every kind."""

_DATA = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData", "type")}
"""What the official provider replaces by default, so that what reads it is restarted under the new name."""


def changes(old: Value, new: Value) -> dict[str, str]:
    """Kind of change (``add``, ``delete``, ``update``) of each leaf that differs, by its property path."""
    return dict(_changes(old, new, ""))


def replacing(group: str, kind: str, old: Properties, configuration: Configuration) -> tuple[str, ...]:
    """Property paths (and all below them) that an object of this kind cannot change in place."""
    fields = ["apiVersion", "kind", "metadata.name", "metadata.namespace", *_REPLACING.get((group, kind), ())]
    if group == "" and kind in _DATA:
        mutable = configuration.secret_mutable if kind == "Secret" else configuration.config_map_mutable
        if not mutable or old.get("immutable") is True:
            fields += _DATA[kind]
        if old.get("immutable") is True:
            fields.append("immutable")
    if (group, kind) == ("", "Pod"):
        fields += [f"spec.{field}" for field in old.get("spec", {}) if field not in _POD_MAY_CHANGE]
    return tuple(fields)


def classify(differing: Mapping[str, str], fixed: Iterable[str]) -> dict[str, Change]:
    """``differing`` as the engine wants it; a path at, below or above one of ``fixed`` replaces."""
    fixed = tuple(fixed)

    def replaces(path: str) -> bool:
        plain = re.sub(r"\[\d+\]", "", path)
        return any(_within(plain, field) or _within(field, plain) for field in fixed)

    return {path: Change(kind, replace=replaces(path)) for path, kind in differing.items()}


def _within(path: str, field: str) -> bool:
    return path == field or path.startswith((f"{field}.", f"{field}["))


def _changes(old: Value, new: Value, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            if not key.startswith("__"):
                yield from _changes(old.get(key), new.get(key), _join(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from _changes(before, after, f"{path}[{index}]")
    elif old is None and new is not None:
        yield path, "add"
    elif old is not None and new is None:
        yield path, "delete"
    elif old != new:
        yield path, "update"


def _join(path: str, key: str) -> str:
    if not re.fullmatch(r"[\w-]+", key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
