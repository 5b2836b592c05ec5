from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.environment import expand, resolve_environment, resource_value
from langsmith_sandbox.cluster.errors import ContainerConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


def _resolve(container: Json, objects: Any, pod: Json) -> dict[str, str]:
    return resolve_environment({"name": "main", **container}, pod, objects)


def test_later_variables_win_over_earlier_ones_and_env_over_env_from(pod: Callable[..., Json], objects: Any):
    objects.add_config_map("settings", LEVEL="info", KEPT="yes")
    objects.add_secret("creds", LEVEL="debug")
    container = {
        "envFrom": [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "creds"}}],
        "env": [{"name": "MODE", "value": "a"}, {"name": "MODE", "value": "b"}],
    }
    assert _resolve(container, objects, pod()) == {"LEVEL": "debug", "KEPT": "yes", "MODE": "b"}


def test_a_prefix_is_put_before_every_bulk_name(pod: Callable[..., Json], objects: Any):
    objects.add_config_map("settings", A="1")
    container = {"envFrom": [{"prefix": "APP_", "configMapRef": {"name": "settings"}}]}
    assert _resolve(container, objects, pod()) == {"APP_A": "1"}


def test_references_see_only_variables_set_before_them(pod: Callable[..., Json], objects: Any):
    container = {
        "env": [
            {"name": "URL", "value": "http://$(HOST)/$(LATER)"},
            {"name": "HOST", "value": "db"},
            {"name": "SECOND", "value": "http://$(HOST)/"},
        ]
    }
    resolved = _resolve(container, objects, pod())
    assert resolved["URL"] == "http://$(HOST)/$(LATER)", "unknown names stay as written"
    assert resolved["SECOND"] == "http://db/"


def test_a_doubled_dollar_escapes_a_reference():
    assert expand("$$(HOME) costs $$5 and $1", {"HOME": "/"}) == "$(HOME) costs $5 and $1"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"secretKeyRef": {"name": "none", "key": "k"}}, 'secret "none" not found'),
        ({"secretKeyRef": {"name": "creds", "key": "k"}}, "couldn't find key k in Secret agents/creds"),
        ({"configMapKeyRef": {"name": "none", "key": "k"}}, 'configmap "none" not found'),
        ({"configMapKeyRef": {"name": "settings", "key": "k"}}, "couldn't find key k in ConfigMap agents/settings"),
        ({"fieldRef": {"fieldPath": "spec.secret"}}, "unsupported fieldPath: spec.secret"),
        ({"fileKeyRef": {"path": "x"}}, "unsupported env source: fileKeyRef"),
    ],
)
def test_what_is_missing_is_told_in_the_kubelets_words(
    pod: Callable[..., Json], objects: Any, source: Json, message: str
):
    objects.add_secret("creds", other="x")
    objects.add_config_map("settings", other="x")
    with pytest.raises(ContainerConfigError) as caught:
        _resolve({"env": [{"name": "X", "valueFrom": source}]}, objects, pod())
    assert caught.value.message == message


def test_optional_references_to_nothing_leave_the_variable_unset(pod: Callable[..., Json], objects: Any):
    objects.add_secret("creds", other="x")
    container = {
        "envFrom": [{"secretRef": {"name": "none", "optional": True}}],
        "env": [
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "none", "key": "k", "optional": True}}},
            {"name": "B", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "k", "optional": True}}},
        ],
    }
    assert _resolve(container, objects, pod()) == {}


def test_fields_and_resources_of_the_pod_can_be_asked_for(pod: Callable[..., Json], objects: Any):
    fields = {
        "NAME": "metadata.name",
        "IP": "status.podIP",
        "NODE": "spec.nodeName",
        "APP": "metadata.labels['app']",
        "NONE": "metadata.annotations['none']",
    }
    container = {"env": [{"name": n, "valueFrom": {"fieldRef": {"fieldPath": p}}} for n, p in fields.items()]}
    made = pod(metadata={"labels": {"app": "x"}}, spec={"nodeName": "n1"}, status={"podIP": "127.64.0.9"})
    expected = {"NAME": "web", "IP": "127.64.0.9", "NODE": "n1", "APP": "x", "NONE": ""}
    assert _resolve(container, objects, made) == expected


def test_resources_are_rounded_up_to_the_divisor():
    container = {"resources": {"limits": {"cpu": "1500m", "memory": "1Gi"}}}
    assert resource_value(container, {"resource": "limits.cpu"}) == "2"
    assert resource_value(container, {"resource": "limits.memory", "divisor": "1Mi"}) == "1024"
