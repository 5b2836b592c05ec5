"""Tokens of credential plugins are kept while they are good, and no longer."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from langsmith_sandbox.providers.kubernetes.cluster import Cluster
from langsmith_sandbox.providers.kubernetes.credentials import PluginToken
from langsmith_sandbox.providers.kubernetes.redaction import redact

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def counting_plugin(folder: Path, **status: str) -> dict[str, object]:
    """A plugin whose n-th token is ``token-n``, and which needs a variable from the kubeconfig."""
    answer = json.dumps({"status": {"token": "TOKEN", **status}})
    text = f"""#!/bin/sh
test "$REGION" = here || exit 9
echo x >> {folder}/calls
echo '{answer}' | sed "s/TOKEN/token-$(wc -l < {folder}/calls | tr -d ' ')/"
"""
    file = folder / "plugin"
    file.write_text(text)
    file.chmod(0o755)
    return {"command": str(file), "apiVersion": "v1beta1", "env": [{"name": "REGION", "value": "here"}]}


def test_a_token_is_kept_until_a_minute_before_it_expires(tmp_path: Path) -> None:
    now = [START]
    spec = counting_plugin(tmp_path, expirationTimestamp="2026-01-01T00:14:00Z")
    token = PluginToken(spec, now=lambda: now[0])
    assert (token.get(), token.get()) == ("token-1", "token-1"), "starting the aws command takes half a second"
    now[0] = START + dt.timedelta(minutes=12, seconds=59)
    assert token.get() == "token-1"
    now[0] = START + dt.timedelta(minutes=13)
    assert token.get() == "token-2"


def test_a_token_without_an_expiry_is_kept(tmp_path: Path) -> None:
    now = [START]
    token = PluginToken(counting_plugin(tmp_path), now=lambda: now[0])
    token.get()
    now[0] = START + dt.timedelta(days=9)
    assert token.get() == "token-1"


def cluster(plugin: dict[str, object]) -> Cluster:
    return Cluster(
        {
            "current-context": "eks",
            "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "operator"}}],
            "clusters": [{"name": "eks", "cluster": {"server": "https://127.0.0.1:9"}}],
            "users": [{"name": "operator", "user": {"exec": plugin}}],
        }
    )


def test_programs_get_the_token_that_is_there_instead_of_each_asking_for_one(tmp_path: Path) -> None:
    reached = cluster(counting_plugin(tmp_path, expirationTimestamp="2999-01-01T00:00:00Z"))
    users = [reached.credentials(lasting)["users"] for lasting in (60, 660)]
    assert users == [[{"name": "operator", "user": {"token": "token-1"}}]] * 2


def test_a_program_that_outlasts_every_token_gets_the_plugin(tmp_path: Path) -> None:
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=14)).isoformat()
    reached = cluster(counting_plugin(tmp_path, expirationTimestamp=soon))
    assert "token" in reached.credentials(660)["users"][0]["user"]
    assert "exec" in reached.credentials(960)["users"][0]["user"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key lsv2_pt_0123456789abcdef_0123456789 is bad", "key [redacted] is bad"),
        ("digest 0123456789abcdef0123456789abcdef", "digest [redacted]"),
        ("token k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbQ==", "token k8s-aws-v1.[redacted]"),
        ("Secret data-plane-api-key-1a2b3c4d not found", "Secret data-plane-api-key-1a2b3c4d not found"),
        ("timed out waiting for the condition", "timed out waiting for the condition"),
    ],
)
def test_keys_are_taken_out_of_messages_and_names_are_not(text: str, shown: str) -> None:
    assert redact(text) == shown
