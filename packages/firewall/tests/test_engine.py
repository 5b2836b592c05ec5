"""The real engine: entries come, change without a gap, survive others' changes, and go."""

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

THEIRS = "54.1.2.0/24"
CANARY = "the operator's canary secret"


@pytest.fixture
def engine_environment(tmp_path: Path, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Environment of a hermetic engine."""
    from langsmith_sandbox.toolchain import ensure

    tools = ensure()
    folders = [str(folder) for folder in (tools.pulumi.parent, tools.plugins) if folder]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, os.environ["PATH"]]))
    return {
        **aws.environ,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "not much of a secret",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
    }


def test_entries_follow_the_gateways_and_leave_others_alone(
    tmp_path: Path, engine_environment: dict[str, str], aws: Aws
) -> None:
    ip_set, prefix_list = aws.ip_set(THEIRS), aws.prefix_list(THEIRS)
    settings: dict[str, Any] = {"sources": ["52.10.20.30", "52.10.20.41"]}

    def program() -> None:
        sources = pulumi.Output.from_input(settings["sources"])
        WafIpSetEntries("waf", ip_set_name=ip_set["ipSetName"], ip_set_id=ip_set["ipSetId"], sources=sources)
        entries = PrefixListEntries("list", prefix_list_id=prefix_list, sources=sources, description="agents")
        pulumi.export("added", entries.added)

    stack = automation.create_stack(
        "test", "firewall", program, opts=automation.LocalWorkspaceOptions(env_vars=engine_environment)
    )
    assert stack.preview().change_summary == {automation.OpType.CREATE: 5}, "two components, two lists, one stack"
    made = stack.up()
    assert made.outputs["added"].value == ["52.10.20.30/32", "52.10.20.41/32"], "both were new"
    expected = {THEIRS, "52.10.20.30/32", "52.10.20.41/32"}
    assert set(aws.in_ip_set(ip_set)) == set(aws.in_prefix_list(prefix_list)) == expected, "beside theirs"
    assert stack.up(expect_no_changes=True).summary.resource_changes == {"same": 5}, "nothing to do twice"

    before = _version(aws, prefix_list)
    settings["sources"] = ["52.10.20.41", "52.10.20.52"]
    stack.up()
    expected = {THEIRS, "52.10.20.41/32", "52.10.20.52/32"}
    assert set(aws.in_ip_set(ip_set)) == set(aws.in_prefix_list(prefix_list)) == expected, "new in, old out"
    between = aws.client("ec2").get_managed_prefix_list_entries(PrefixListId=prefix_list, TargetVersion=before + 1)
    assert {entry["Cidr"] for entry in between["Entries"]} == {*expected, "52.10.20.30/32"}, "never a gap in between"
    assert _version(aws, prefix_list) == before + 2, "one write to add, one to remove"

    aws.client("ec2").modify_managed_prefix_list(
        PrefixListId=prefix_list, CurrentVersion=before + 2, RemoveEntries=[{"Cidr": "52.10.20.52/32"}]
    )
    stack.refresh()
    stack.up()
    assert "52.10.20.52/32" in aws.in_prefix_list(prefix_list), "drift is undone"

    state = (tmp_path / ".pulumi/stacks/firewall/test.json").read_text()
    assert CANARY not in state, "credentials are found at call time and kept nowhere"
    stack.destroy()
    assert aws.in_ip_set(ip_set) == [THEIRS], "ours are gone, theirs are not"
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "ours are gone, theirs are not"


def test_bad_addresses_stop_the_preview_with_sentences_alone(engine_environment: dict[str, str]) -> None:
    stack = automation.create_stack(
        "bad",
        "langsmith-firewall",
        lambda: deploy(FirewallConfig.load()),
        opts=automation.LocalWorkspaceOptions(env_vars=engine_environment),
    )
    services = [{"kind": "aws-prefix-list", "name": "partners", "prefixListId": "pl-0a1b2c3d"}]
    stack.set_config("services", automation.ConfigValue(json.dumps(services)))
    stack.set_config("sources", automation.ConfigValue(json.dumps(["10.0.0.1", "0.0.0.0/0"])))
    with pytest.raises(automation.CommandError) as failure:
        stack.preview()
    for sentence in ("10.0.0.1 is private or reserved", "0.0.0.0/0 is everybody"):
        assert sentence in str(failure.value), "one run shows them all"
    assert "Traceback" not in str(failure.value), "it is the user's mistake, not ours"


def test_the_stack_follows_the_hosting_stack_through_its_life(engine_environment: dict[str, str], aws: Aws) -> None:
    prefix_list = aws.prefix_list(THEIRS)
    addresses = ["52.10.20.30"]

    def hosting_program() -> None:
        pulumi.export("natGatewayIps", addresses)

    def create(project: str, program: Callable[[], None]) -> automation.Stack:
        options = automation.LocalWorkspaceOptions(env_vars=engine_environment)
        return automation.create_stack("dev", project, program, opts=options)

    hosting = create("langsmith-hybrid", hosting_program)
    stack = create("langsmith-firewall", lambda: deploy(FirewallConfig.load()))
    services = [{"kind": "aws-prefix-list", "name": "partners", "prefixListId": prefix_list}]
    stack.set_config("hostingStack", automation.ConfigValue("organization/langsmith-hybrid/dev"))
    stack.set_config("services", automation.ConfigValue(json.dumps(services)))

    before = stack.up()
    assert "has no output natGatewayIps" in f"{before.stdout}{before.stderr}", "said, not silent"
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "before the hosting stack there is nobody to let in"
    hosting.up()
    assert stack.up().outputs["added"].value == {"partners": ["52.10.20.30/32"]}, "now there is"
    addresses[:] = ["52.10.20.40"]
    hosting.up()
    stack.up()
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS, "52.10.20.40/32"}, "it follows"
    hosting.destroy()
    stack.up()
    assert set(aws.in_prefix_list(prefix_list)) == {THEIRS}, "released addresses will soon be somebody else's"


def _version(aws: Aws, prefix_list: str) -> int:
    found = aws.client("ec2").describe_managed_prefix_lists(PrefixListIds=[prefix_list])
    return int(found["PrefixLists"][0]["Version"])
