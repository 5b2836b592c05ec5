"""The provider's own inputs: what it takes, what means another cluster, how credentials fail."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime import proto

from langsmith_sandbox.providers import properties
from langsmith_sandbox.providers.kubernetes import configuration, kubeconfig
from langsmith_sandbox.providers.kubernetes.configuration import Configuration
from langsmith_sandbox.providers.kubernetes.errors import KubeconfigError
from langsmith_sandbox.providers.kubernetes.provider import KubernetesProvider
from langsmith_sandbox.providers.plugin import Diff, Subject
from langsmith_sandbox.providers.properties import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Engine

CANARY = "k8s-aws-v1_0123456789ABCDEF_CANARY"
PROVIDER = Subject("urn:pulumi:test::project::pulumi:providers:kubernetes::k8s")


def config(server: str, token: str = "t") -> str:  # noqa: S107 - no password
    return json.dumps(
        {
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "team"}}],
            "current-context": "x",
        }
    )


@pytest.mark.parametrize(
    ("inputs", "failing"),
    [
        ({"kubeconfig": "{}", "context": "a", "namespace": "b", "deleteUnreachable": True}, []),
        ({"enableServerSideApply": True, "suppressDeprecationWarnings": True}, []),
        ({"enableServerSideApply": False}, ["enableServerSideApply"]),
        ({"enableServerSideApply": "false"}, ["enableServerSideApply"]),
        ({"renderYamlToDirectory": "out"}, ["renderYamlToDirectory"]),
        ({"kubeConfig": "{}"}, ["kubeConfig"]),
    ],
)
def test_inputs_it_would_have_to_ignore_are_refused(inputs: dict[str, Any], failing: list[str]) -> None:
    assert [key for key, _ in configuration.check(inputs)] == failing


def test_flags_come_from_inputs_then_from_the_variables_of_the_official_plugin() -> None:
    environment = {"PULUMI_K8S_DELETE_UNREACHABLE": "true", "PULUMI_K8S_ENABLE_SECRET_MUTABLE": "true"}
    settings = configuration.parse({"enableSecretMutable": "false"}, environment)
    assert (settings.delete_unreachable, settings.secret_mutable) == (True, False)


def test_a_kubeconfig_that_is_not_known_yet_is_told_from_an_empty_one() -> None:
    assert configuration.parse({"kubeconfig": UNKNOWN}, {}).kubeconfig is None
    assert configuration.parse({}, {}).kubeconfig == ""


@pytest.mark.parametrize(
    ("new", "replaced"),
    [
        ({"kubeconfig": config("https://a", "other token")}, []),
        ({"kubeconfig": config("https://b")}, ["kubeconfig"]),
        ({"kubeconfig": UNKNOWN}, []),
        ({"kubeconfig": config("https://a"), "deleteUnreachable": True}, []),
    ],
    ids=["same cluster", "other cluster", "not known yet", "another flag"],
)
def test_only_another_cluster_replaces_the_provider_and_all_it_made(new: dict[str, Any], replaced: list[str]) -> None:
    old = {"kubeconfig": config("https://a")}
    answer = KubernetesProvider().diff_config(Diff(PROVIDER, "id", new, old, old))
    assert answer.changes, "something changed"
    assert [path for path, change in answer.changes.items() if change.replace] == replaced


def test_a_kubeconfig_is_taken_as_contents_as_path_and_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(config("https://a"))
    for given, environment in ((config("https://a"), {}), (str(file), {}), ("", {"KUBECONFIG": str(file)})):
        content = kubeconfig.load(Configuration(kubeconfig=given), environment)
        assert (kubeconfig.server(content), kubeconfig.namespace(content)) == ("https://a", "team")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Configuration(kubeconfig="/no/such/file"), "/no/such/file cannot be read"),
        (Configuration(kubeconfig="a: [\n"), "neither JSON nor YAML"),
        (Configuration(kubeconfig="{}"), "it has no `clusters`"),
        (Configuration(kubeconfig=config("https://a"), context="y"), "it has no context named 'y'"),
        (Configuration(kubeconfig=config("https://a"), cluster="d"), "it has no cluster named 'd'"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_says_why(given: Configuration, message: str) -> None:
    with pytest.raises(KubeconfigError, match=message):
        kubeconfig.load(given, {})


def with_exec(api_server: Path, command: Path | str) -> str:
    """The real cluster, entered with a credential plugin as EKS kubeconfigs do."""
    content = yaml.safe_load(api_server.read_text())
    run = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": str(command), "args": ["get-token"]}
    content["users"][0]["user"] = {"exec": run}
    return json.dumps(content)


def script(folder: Path, text: str) -> Path:
    file = folder / "aws"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"echo first; echo 'key {CANARY} expired' >&2; exit 3", r"ended with status 3: key \[redacted\] expired"),
        ("echo nonsense", "aws printed no token"),
        (f'echo \'{{"status": {{"token": "{CANARY}"}}}}\'', "The cluster does not know this identity"),
    ],
    ids=["fails", "prints nonsense", "gives a token nobody knows"],
)
def test_credentials_that_do_not_let_in_are_told_apart(
    start_plugin: Callable[[], Engine], api_server: Path, tmp_path: Path, text: str, message: str
) -> None:
    engine = start_plugin()
    engine.configure(kubeconfig=with_exec(api_server, script(tmp_path, text)))
    namespace = {"metadata": {"name": "never"}}
    with pytest.raises(grpc.RpcError, match=message) as problem:
        engine.create("kubernetes:core/v1:Namespace", "never", namespace)
    assert CANARY not in str(problem.value)


def test_a_credential_plugin_that_is_not_installed_is_named(
    start_plugin: Callable[[], Engine], api_server: Path
) -> None:
    engine = start_plugin()
    engine.configure(kubeconfig=with_exec(api_server, "no-such-program"))
    with pytest.raises(grpc.RpcError, match="no-such-program cannot be run"):
        engine.create("kubernetes:core/v1:Namespace", "never", {"metadata": {"name": "never"}})


def test_the_engine_is_told_which_version_this_stands_in_for(engine: Engine) -> None:
    assert engine.stub.GetPluginInfo(empty_pb2.Empty()).version == "4.34.2"


def test_a_function_is_refused_by_name(engine: Engine) -> None:
    request = proto.InvokeRequest(tok="kubernetes:yaml:decode", args=properties.encode({}))
    with pytest.raises(grpc.RpcError, match="kubernetes:yaml:decode is not supported"):
        engine.stub.Invoke(request)
