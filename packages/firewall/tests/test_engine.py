"""The real engine: entries come, change without a gap, survive others' changes, and go.

A run of the engine takes seconds of computing, so that each proves as much as it can; every step on its own is proven
over fake lists and the emulator's API.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import automation

from langsmith_firewall.config import FirewallConfig
from langsmith_firewall.stack import deploy

if TYPE_CHECKING:
    from conftest import Aws

pytestmark = pytest.mark.engine

PROJECT = "langsmith-firewall"
HOSTING = "langsmith-hybrid"
THEIRS = "54.1.2.0/24"
A, B, C = "52.10.20.30/32", "52.10.20.41/32", "52.10.20.52/32"
CANARY = "the operator's canary secret"


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engine keeps its states."""
    return tmp_path_factory.mktemp("backend")


@pytest.fixture(scope="module")
def stack(backend: Path, account: Aws) -> Iterator[automation.Stack]:
    """The stack of the package on a hermetic engine, not configured yet."""
    from langsmith_sandbox.toolchain import ensure

    tools = ensure()
    folders = [str(folder) for folder in (tools.pulumi.parent, tools.plugins) if folder]
    environ = {
        **account.environ,
        "PULUMI_HOME": str(backend / "home"),
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
    }
    # A passphrase would do as well, but of every run it costs two seconds of computing to derive the key from one.
    key = account.client("kms").create_key()["KeyMetadata"]["KeyId"]
    options = automation.LocalWorkspaceOptions(
        env_vars=environ, secrets_provider=f"awskms:///{key}?region=us-east-1", stack_settings={}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([*folders, os.environ["PATH"]]))
        yield automation.create_stack("dev", PROJECT, lambda: deploy(FirewallConfig.load()), opts=options)


def test_entries_follow_the_gateways_and_leave_others_alone(
    backend: Path, stack: automation.Stack, account: Aws
) -> None:
    ip_set, prefix_list = account.ip_set(THEIRS), account.prefix_list(THEIRS)
    web_acl = account.web_acl("theirs", ip_set)
    services = [
        {"kind": "aws-waf-ip-set", "name": "edge", **ip_set, "webAclArn": web_acl},
        {"kind": "aws-prefix-list", "name": "network", "prefixListId": prefix_list},
    ]
    _configure(stack, services=services, hostingStack=f"organization/{HOSTING}/dev")
    _write_hosting_state(backend, {"natGatewayIps": ["52.10.20.30", "52.10.20.41"]})
    assert _up(stack).outputs["added"].value == {"edge": [A, B], "network": [A, B]}, "what the other stack exports"
    assert set(account.in_ip_set(ip_set)) == set(account.in_prefix_list(prefix_list)) == {THEIRS, A, B}, "beside theirs"
    ours = f"langsmith-firewall-{ip_set['ipSetName']}"
    assert account.rules(web_acl) == ["theirs", ours], "behind theirs, so that it overrules none"

    before = account.version(prefix_list)
    _write_hosting_state(backend, {"natGatewayIps": ["52.10.20.41", "52.10.20.52"]})
    changed = _up(stack)
    kept = {"read": 1, "same": 4, "update": 2}
    assert changed.summary.resource_changes == kept, "a rule speaks of a set, whatever its addresses"
    between = account.client("ec2").get_managed_prefix_list_entries(PrefixListId=prefix_list, TargetVersion=before + 1)
    assert {entry["Cidr"] for entry in between["Entries"]} == {THEIRS, A, B, C}, "never a gap in between"
    assert set(account.in_ip_set(ip_set)) == set(account.in_prefix_list(prefix_list)) == {THEIRS, B, C}, (
        "new in, old out"
    )
    assert account.version(prefix_list) == before + 2, "one write to add, one to remove"

    account.client("ec2").modify_managed_prefix_list(
        PrefixListId=prefix_list, CurrentVersion=before + 2, RemoveEntries=[{"Cidr": C}]
    )
    account.write_rules(web_acl, [rule for rule in account.rules_in_full(web_acl) if rule["Name"] == "theirs"])
    restored = _up(stack, refresh=True)
    mended = {"same": 4, "update": 1, "create": 1}
    assert restored.summary.resource_changes == mended, "drift is undone, and no more"
    assert C in account.in_prefix_list(prefix_list), "the entry is back"
    assert ours in account.rules(web_acl), "the rule is back"
    state = (backend / f".pulumi/stacks/{PROJECT}/dev.json").read_text()
    assert CANARY not in state, "credentials are found at call time and kept nowhere"

    _write_hosting_state(backend, {})
    released = _up(stack)
    assert "has no output natGatewayIps" in f"{released.stdout}{released.stderr}", "said, not silent"
    assert account.in_ip_set(ip_set) == [THEIRS], "released addresses will soon be somebody else's"
    assert set(account.in_prefix_list(prefix_list)) == {THEIRS}, "ours are gone, theirs are not"
    assert account.rules(web_acl) == ["theirs"], "ours are gone, theirs are not"


def test_bad_addresses_stop_the_preview_with_sentences_alone(stack: automation.Stack) -> None:
    services = [{"kind": "aws-prefix-list", "name": "partners", "prefixListId": "pl-0a1b2c3d"}]
    _configure(stack, services=services, sources=["10.0.0.1", "0.0.0.0/0"])
    with pytest.raises(automation.CommandError) as failure:
        stack.preview()
    for sentence in ("10.0.0.1 is private or reserved", "0.0.0.0/0 is everybody"):
        assert sentence in str(failure.value), "one run shows them all"
    assert "Traceback" not in str(failure.value), "it is the user's mistake, not ours"


def _configure(stack: automation.Stack, **config: Any) -> None:
    """Write the stack file; the engine has put there how to find the key of its secrets."""
    settings = stack.workspace.stack_settings(stack.name)
    settings.config = {f"{PROJECT}:{key}": value for key, value in config.items()}
    stack.workspace.save_stack_settings(stack.name, settings)


def _up(stack: automation.Stack, *, refresh: bool = False) -> automation.UpResult:
    """One run; to show secrets the engine would be started once more."""
    return stack.up(refresh=refresh, show_secrets=False)


def _write_hosting_state(backend: Path, outputs: dict[str, Any]) -> None:
    """The state of a hosting stack that exports these, as the engine would have left it."""
    kind = "pulumi:pulumi:Stack"
    root = {"urn": f"urn:pulumi:dev::{HOSTING}::{kind}::{HOSTING}-dev", "custom": False, "type": kind}
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    latest = {"manifest": manifest, "resources": [{**root, "outputs": outputs}]}
    file = backend / f".pulumi/stacks/{HOSTING}/dev.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        json.dumps({"version": 3, "checkpoint": {"stack": f"organization/{HOSTING}/dev", "latest": latest}})
    )
