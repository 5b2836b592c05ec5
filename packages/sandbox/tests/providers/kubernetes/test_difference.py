"""Which changes are found, under which path, and which of them only a new object can have."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_sandbox.providers.kubernetes import difference
from langsmith_sandbox.providers.kubernetes.configuration import Configuration
from langsmith_sandbox.providers.properties import UNKNOWN


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": "update"}),
        ({"a": {"b": 1}}, {"a": {}}, {"a.b": "delete"}),
        ({}, {"a": {"b": 1}}, {"a": "add"}),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, {"a[1]": "update", "a[2]": "add"}),
        ({"a": {"b.c/d": 1}}, {"a": {"b.c/d": 2}}, {'a["b.c/d"]': "update"}),
        ({"a": "x"}, {"a": UNKNOWN}, {"a": "update"}),
        ({"__internal": 1}, {"__internal": 2}, {}),
    ],
    ids=["same", "leaf", "removed", "added", "list", "odd key", "unknown", "internal"],
)
def test_each_differing_leaf_is_found_under_its_path(
    old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]
) -> None:
    assert difference.changes(old, new) == expected


@pytest.mark.parametrize(
    ("group", "kind", "path", "replaces"),
    [
        ("apps", "Deployment", "spec.selector.matchLabels.app", True),
        ("apps", "Deployment", "spec.replicas", False),
        ("apps", "Deployment", "spec.template.spec.containers[0].image", False),
        ("apps", "StatefulSet", "spec.serviceName", True),
        ("batch", "Job", "spec.template.spec.containers[0].image", True),
        ("batch", "Job", "spec.backoffLimit", False),
        ("", "Service", "spec.clusterIP", True),
        ("", "Service", "spec.ports[0].port", False),
        ("", "ConfigMap", "data.a", True),
        ("", "ConfigMap", "metadata.labels.a", False),
        ("", "Namespace", "metadata.name", True),
        ("storage.k8s.io", "StorageClass", "parameters.type", True),
        ("storage.k8s.io", "StorageClass", "allowVolumeExpansion", False),
        ("rbac.authorization.k8s.io", "RoleBinding", "roleRef", True),
        ("rbac.authorization.k8s.io", "RoleBinding", "subjects[0].name", False),
        ("networking.k8s.io", "NetworkPolicy", "spec.policyTypes[0]", False),
        ("keda.sh", "ScaledObject", "metadata.namespace", True),
        ("example.com", "Deployment", "spec.selector", False),
    ],
)
def test_only_what_the_api_never_changes_in_place_replaces(group: str, kind: str, path: str, *, replaces: bool) -> None:
    fixed = difference.replacing(group, kind, {}, Configuration())
    (change,) = difference.classify({path: "update"}, fixed).values()
    assert change.replace is replaces


def test_a_change_above_a_fixed_field_replaces_too() -> None:
    fixed = difference.replacing("apps", "Deployment", {}, Configuration())
    (change,) = difference.classify({"spec": "update"}, fixed).values()
    assert change.replace, "an unknown spec may hold another selector"


def test_mutable_data_replaces_only_once_it_was_made_immutable() -> None:
    mutable = Configuration(secret_mutable=True, config_map_mutable=True)
    for kind in ("Secret", "ConfigMap"):
        assert "data" not in difference.replacing("", kind, {}, mutable)
        assert {"data", "immutable"} <= set(difference.replacing("", kind, {"immutable": True}, mutable))


def test_of_a_pod_only_images_and_tolerations_change_in_place() -> None:
    old = {"spec": {"nodeName": "a", "containers": [], "tolerations": []}}
    fixed = difference.replacing("", "Pod", old, Configuration())
    changes = difference.classify({"spec.nodeName": "update", "spec.containers[0].image": "update"}, fixed)
    assert [path for path, change in changes.items() if change.replace] == ["spec.nodeName"]
