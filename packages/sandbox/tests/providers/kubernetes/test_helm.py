"""How helm is run: what it is told, what it can read, how it is stopped, and what is left afterwards."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from langsmith_sandbox.providers.kubernetes import release_command
from langsmith_sandbox.providers.kubernetes.cluster import Cluster
from langsmith_sandbox.providers.kubernetes.errors import ClusterUnreachableError, HelmError
from langsmith_sandbox.providers.kubernetes.helm import Helm
from langsmith_sandbox.providers.kubernetes.waiting import Patience

CANARY = "lsv2_pt_0123456789abcdef_CANARY"

INPUTS = {"name": "probe", "namespace": "team", "chart": "probe"}


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(
        {
            "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
            "users": [{"name": "u", "user": {"token": CANARY}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )


def program(folder: Path, text: str) -> str:
    """A helm that does something else."""
    file = folder / "helm"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_secrets_reach_helm_through_pipes_and_private_files_only(tmp_path: Path, cluster: Cluster) -> None:
    script = f"""echo "$@" > {tmp_path}/arguments
env > {tmp_path}/environment
cat > {tmp_path}/values
stat -c %a "$KUBECONFIG" > {tmp_path}/mode
echo "$KUBECONFIG" > {tmp_path}/kubeconfig"""
    Helm(cluster, program=program(tmp_path, script)).run("install", values={"key": CANARY})
    assert (tmp_path / "arguments").read_text() == "install -f -\n"
    assert CANARY not in (tmp_path / "environment").read_text()
    assert json.loads((tmp_path / "values").read_text()) == {"key": CANARY}
    assert (tmp_path / "mode").read_text() == "600\n"
    assert not Path((tmp_path / "kubeconfig").read_text().strip()).parent.exists(), "and nothing stays"


def test_without_a_cluster_helm_cannot_reach_the_one_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "mine"))
    monkeypatch.setenv("HELM_KUBEAPISERVER", "https://mine")
    said = Helm(None, program=program(tmp_path, "env")).run("template")
    assert str(tmp_path / "mine") not in said
    assert "https://mine" not in said


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("echo 'WARNING: old' >&2; echo 'Error: no such chart' >&2; exit 1", HelmError, "helm install failed: no such"),
        (f"echo 'Error: value {CANARY} is bad' >&2; exit 1", HelmError, r"value \[redacted\] is bad"),
        ("exit 1", HelmError, "it gave no reason"),
        (
            "echo 'Error: Kubernetes cluster unreachable: dial tcp: connection refused' >&2; exit 1",
            ClusterUnreachableError,
            "unreachable: https://127.0.0.1:1: connection refused",
        ),
    ],
    ids=["fails", "quotes a key", "says nothing", "cluster gone"],
)
def test_what_helm_says_becomes_one_sentence(
    tmp_path: Path, cluster: Cluster, text: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Helm(cluster, program=program(tmp_path, text)).run("install")


def test_no_helm_on_path_names_what_to_install(cluster: Cluster) -> None:
    with pytest.raises(HelmError, match="Install Helm 3"):
        Helm(cluster, program="helm-that-is-not-there").run("install")


def test_cancelling_interrupts_helm_so_that_it_can_record_the_failure(tmp_path: Path, cluster: Cluster) -> None:
    # Not a shell: one that is started with interrupts ignored, as in the background, cannot trap them.
    interrupted = tmp_path / "helm"
    interrupted.write_text(f"""#!{sys.executable}
import pathlib, signal, sys, time

def note(*_):
    pathlib.Path("{tmp_path}/trace").write_text("interrupted")
    sys.exit("Error: cancelled")

signal.signal(signal.SIGINT, note)
pathlib.Path("{tmp_path}/started").touch()
while True:
    time.sleep(0.05)
""")
    interrupted.chmod(0o755)
    patience = Patience(interval=0.05, cancelled=threading.Event())
    running = Helm(cluster, patience, str(interrupted))
    problems: list[Exception] = []

    def run() -> None:
        try:
            running.run("install")
        except HelmError as problem:
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    while not (tmp_path / "started").exists():
        thread.join(0.01)
    patience.cancelled.set()
    thread.join(30)
    assert (tmp_path / "trace").read_text() == "interrupted"
    assert "cancelled" in str(problems[0])


def test_a_helm_that_hangs_past_its_own_timeout_is_stopped(tmp_path: Path, cluster: Cluster) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 100  # an hour passes in a blink
        return now[0]

    hanging = program(tmp_path, "exec sleep 600")
    with pytest.raises(HelmError):
        Helm(cluster, Patience(interval=0.05, clock=clock), hanging).run("install", timeout=60)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "--timeout 300s --wait"),
        ({"skipAwait": True}, "--timeout 300s"),
        ({"skipAwait": True, "atomic": True}, "--timeout 300s --wait --atomic"),
        ({"timeout": 600, "waitForJobs": True}, "--timeout 600s --wait --wait-for-jobs"),
        ({"version": "1.2.3", "skipCrds": True}, "--skip-crds --version 1.2.3 --timeout 300s --wait"),
        ({"repositoryOpts": {"repo": "https://c.example.com"}}, "--repo https://c.example.com --timeout 300s --wait"),
        ({"createNamespace": True}, "--timeout 300s --wait --create-namespace"),
        ({"atomic": False}, "--timeout 300s --wait"),
    ],
)
def test_inputs_become_flags_of_install(given: dict[str, Any], expected: str) -> None:
    assert " ".join(release_command.install({**INPUTS, **given})) == f"install probe probe --namespace team {expected}"


def test_upgrades_neither_make_namespaces_nor_reuse_values_unasked() -> None:
    command = release_command.upgrade({**INPUTS, "createNamespace": True, "maxHistory": 3, "cleanupOnFail": True})
    assert "--create-namespace" not in command
    assert "--reuse-values" not in command
    assert " ".join(command).endswith("--wait --history-max 3 --cleanup-on-fail")


def test_nulls_reach_the_chart_only_when_asked_for() -> None:
    values = {"a": None, "b": {"c": None, "d": 1}}
    assert release_command.values({"values": values}) == {"b": {"d": 1}}
    assert release_command.values({"values": values, "allowNullValues": True}) == values
