"""The real engine: entries come, change without a gap, survive others' changes, and go.

A run of the engine takes seconds of computing, so that each proves as much as it can; every step on its own is proven
over fake lists and the emulator's API.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi import automation

from langsmith_firewall import PrefixListEntries, WafIpSetEntries
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

Program = Callable[[], None]
Create = Callable[..., automation.Stack]


@pytest.fixture
def create(tmp_path: Path, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Create:
    """Makes a stack of a hermetic engine, configured by a stack file."""
    from langsmith_sandbox.toolchain import ensure

    tools = ensure()
    folders = [str(folder) for folder in (tools.pulumi.parent, tools.plugins) if folder]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, os.environ["PATH"]]))
    environ = {
        **aws.environ,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
    }

    # A passphrase would do as well, but of every run it costs two seconds of computing to derive the key from one.
    key = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]

    def created(program: Program, **config: Any) -> automation.Stack:
        values = {f"{PROJECT}:{key}": value for key, value in config.items()}
        options = automation.LocalWorkspaceOptions(
            env_vars=environ,
            secrets_provider=f"awskms:///{key}?region=us-east-1",
            stack_settings={"dev": automation.StackSettings(config=values)},
        )
        return automation.create_stack("dev", PROJECT, program, opts=options)

    return created


def test_entries_follow_the_gateways_and_leave_others_alone(tmp_path: Path, create: Create, aws: Aws) -> None:
    ip_set, prefix_list = aws.ip_set(THEIRS), aws.prefix_list(THEIRS)
    web_acl = aws.web_acl("theirs", ip_set)
    addresses = ["52.10.20.30", "52.10.20.41"]

    def program() -> None:
        WafIpSetEntries(
            "waf",
            ip_set_name=ip_set["ipSetName"],
            ip_set_id=ip_set["ipSetId"],
            web_acl_arn=web_acl,
            sources=pulumi.Output.from_input(["52.10.20.30", "52.10.20.41"]),
        )
        sources = pulumi.Output.from_input(addresses)
        entries = PrefixListEntries("list", prefix_list_id=prefix_list, sources=sources, description="agents")
        pulumi.export("added", entries.added)

    stack = create(program)
    made = _up(stack)
    assert made.outputs["added"].value == [A, B], "both were new"
    assert set(aws.in_ip_set(ip_set)) == set(aws.in_prefix_list(prefix_list)) == {THEIRS, A, B}, "beside theirs"
    ours = f"langsmith-firewall-{ip_set['ipSetName']}"
    assert aws.rules(web_acl) == ["theirs", ours], "behind theirs, so that it overrules none"

    before = aws.version(prefix_list)
    addresses[:] = ["52.10.20.41", "52.10.20.52"]
    changed = _up(stack)
    assert changed.summary.resource_changes == {"same": 5, "update": 1}, "what is the same is not asked for anything"
    between = aws.client("ec2").get_managed_prefix_list_entries(PrefixListId=prefix_list, TargetVersion=before + 1)
    assert {entry["Cidr"] for entry in between["Entries"]} == {THEIRS, A, B, C}, "never a gap in between"
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS, B, C}, "new in, old out"
    assert aws.version(prefix_list) == before + 2, "one write to add, one to remove"

    aws.client("ec2").modify_managed_prefix_list(
        PrefixListId=prefix_list, CurrentVersion=before + 2, RemoveEntries=[{"Cidr": C}]
    )
    aws.write_rules(web_acl, [rule for rule in aws.rules_in_full(web_acl) if rule["Name"] == "theirs"])
    restored = _up(stack, refresh=True)
    assert restored.summary.resource_changes == {"same": 4, "update": 1, "create": 1}, "drift is undone, and no more"
    assert C in aws.in_prefix_list(prefix_list), "the entry is back"
    assert ours in aws.rules(web_acl), "the rule is back"

    state = (tmp_path / f".pulumi/stacks/{PROJECT}/dev.json").read_text()
    assert CANARY not in state, "credentials are found at call time and kept nowhere"
    stack.destroy(show_secrets=False)
    assert aws.in_ip_set(ip_set) == [THEIRS], "ours are gone, theirs are not"
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "ours are gone, theirs are not"
    assert aws.rules(web_acl) == ["theirs"], "ours are gone, theirs are not"


def test_bad_addresses_stop_the_preview_with_sentences_alone(create: Create) -> None:
    services = [{"kind": "aws-prefix-list", "name": "partners", "prefixListId": "pl-0a1b2c3d"}]
    stack = create(lambda: deploy(FirewallConfig.load()), services=services, sources=["10.0.0.1", "0.0.0.0/0"])
    with pytest.raises(automation.CommandError) as failure:
        stack.preview()
    for sentence in ("10.0.0.1 is private or reserved", "0.0.0.0/0 is everybody"):
        assert sentence in str(failure.value), "one run shows them all"
    assert "Traceback" not in str(failure.value), "it is the user's mistake, not ours"


def test_the_stack_follows_the_hosting_stack(tmp_path: Path, create: Create, aws: Aws) -> None:
    prefix_list = aws.prefix_list(THEIRS)
    services = [{"kind": "aws-prefix-list", "name": "partners", "prefixListId": prefix_list}]
    hosting = f"organization/{HOSTING}/dev"
    _write_hosting_state(tmp_path, {"natGatewayIps": ["52.10.20.30"]})
    stack = create(lambda: deploy(FirewallConfig.load()), services=services, hostingStack=hosting)
    assert _up(stack).outputs["added"].value == {"partners": [A]}, "what the other stack exports"
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS, A}
    _write_hosting_state(tmp_path, {})
    after = _up(stack)
    assert "has no output natGatewayIps" in f"{after.stdout}{after.stderr}", "said, not silent"
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "released addresses will soon be somebody else's"


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
