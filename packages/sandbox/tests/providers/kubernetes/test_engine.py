"""The real engine drives the provider through the whole life of a stack."""

from __future__ import annotations

import base64
import http.server
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi import automation

if TYPE_CHECKING:
    from langsmith_sandbox.providers.kubernetes.cluster import Cluster

CANARY = "lsv2_pt_engine_0123456789abcdef_CANARY"

pytestmark = pytest.mark.engine


class Vault(http.server.BaseHTTPRequestHandler):
    """A transit engine that wraps keys by leaving them as they are."""

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ((_, key),) = body.items()
        answer = json.dumps({"data": {"plaintext": key, "ciphertext": key}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def vault() -> Iterator[str]:
    """Where the stack's key is kept: of every run it costs two seconds of computing to derive one from a passphrase."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vault) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def workspace(
    tmp_path: Path, find_tool: Callable[[str], Path], helm: Path, vault: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Environment of a hermetic engine that finds the stand-in on PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pulumi").symlink_to(find_tool("pulumi"))
    (programs / "helm").symlink_to(helm)
    launcher = programs / "pulumi-resource-kubernetes"
    launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -m langsmith_sandbox.providers.kubernetes "$@"\n')
    launcher.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return {
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "VAULT_SERVER_URL": vault,
        "VAULT_SERVER_TOKEN": "unused",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def chart(folder: Path) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: probe\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text("secretName: ''\n")
    (folder / "templates/map.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: probe}\ndata: {reads: {{ .Values.secretName }}}\n"
    )
    return folder


def test_a_stack_comes_up_stays_is_changed_and_goes(
    tmp_path: Path, workspace: dict[str, str], api_server: Path, cluster: Cluster
) -> None:
    settings = {"key": CANARY}
    release_chart = chart(tmp_path / "probe")

    def program() -> None:
        provider = kubernetes.Provider("k8s", kubeconfig=api_server.read_text())
        opts = pulumi.ResourceOptions(provider=provider)
        namespace = kubernetes.core.v1.Namespace("engine", metadata={"name": "engine-test"}, opts=opts)
        secret = kubernetes.core.v1.Secret(
            "key",
            metadata={"namespace": namespace.metadata.name},
            immutable=True,
            string_data={"key": pulumi.Output.secret(settings["key"])},
            opts=opts,
        )
        release = kubernetes.helm.v3.Release(
            "probe",
            name="probe",
            namespace=namespace.metadata.name,
            chart=str(release_chart),
            values={"secretName": secret.metadata.name},
            opts=opts,
        )
        pulumi.export("revision", release.status.revision)
        pulumi.export("secret", secret.metadata.name)

    options = automation.LocalWorkspaceOptions(env_vars=workspace, secrets_provider="hashivault://stack")
    stack = automation.create_stack("test", "engine", program, opts=options)
    foretold = stack.preview()
    assert foretold.change_summary == {automation.OpType.CREATE: 5}

    made = stack.up(show_secrets=False)
    assert made.outputs["revision"].value == 1
    first = made.outputs["secret"].value
    assert reads(cluster) == first

    settings["key"] = f"{CANARY}-rotated"
    rotated = stack.up(show_secrets=False)
    assert rotated.outputs["secret"].value != first, "a new key is a new Secret"
    assert reads(cluster) == rotated.outputs["secret"].value, "which the release reads by its new name"
    assert cluster.get("v1", "Secret", "engine-test", first) is None

    again = stack.up(refresh=True, expect_no_changes=True, show_secrets=False)
    assert again.summary.resource_changes == {"same": 5}, "nothing was changed outside, and nothing is to be"
    state = (tmp_path / ".pulumi/stacks/engine/test.json").read_text()
    for key in (CANARY, settings["key"]):
        assert key not in state
        assert base64.b64encode(key.encode()).decode() not in state, "the form in which Kubernetes keeps it"
    assert CANARY not in f"{made.stdout}{made.stderr}{rotated.stdout}{rotated.stderr}"

    stack.destroy(show_secrets=False)
    assert cluster.get("v1", "Namespace", "", "engine-test") is None


def reads(cluster: Cluster) -> Any:
    live = cluster.get("v1", "ConfigMap", "engine-test", "probe")
    return live["data"]["reads"] if live else None
