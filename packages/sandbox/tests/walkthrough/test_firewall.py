"""The firewall's part of the walk-through: a partner's lists, opened by the real engine and closed again."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.toolchain import ensure, launchers
from langsmith_sandbox.walkthrough.errors import LeftoversError
from langsmith_sandbox.walkthrough.firewall import PROJECT, Firewall
from langsmith_sandbox.walkthrough.partner import NAME, OWN_ADDRESS, Partner
from langsmith_sandbox.walkthrough.stack import Stack

if TYPE_CHECKING:
    from conftest import Notes

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.walkthrough.tools import Tools

HERE = Path(__file__).parents[4]
HOSTING = "langsmith-hybrid"
GATEWAY = "52.10.20.30"
ADMITTED = sorted([OWN_ADDRESS, f"{GATEWAY}/32"])


def test_a_partner_makes_its_lists_once_and_takes_them_away(tools: Tools) -> None:
    partner = Partner(tools.environ)
    services = partner.arrive()
    assert [service["kind"] for service in services] == ["aws-waf-ip-set", "aws-prefix-list"]
    assert partner.arrive() == services, "the second run finds those of the first"
    assert partner.changed() == [], "as it made them"
    partner.leave()
    assert partner.admits() == {}, "nothing of it is left"


def test_lists_that_somebody_changed_are_left_over(paths: WorldPaths, tools: Tools, notes: Notes) -> None:
    paths.bin.mkdir(parents=True)
    (paths.bin / "pulumi").symlink_to("/bin/true")
    firewall = Firewall(Stack(paths.home, paths, tools, PROJECT), Partner(tools.environ))
    firewall.partner.arrive()
    waf = firewall.partner._client("wafv2")
    (found,) = waf.list_ip_sets(Scope="REGIONAL")["IPSets"]
    named = {"Name": NAME, "Id": found["Id"], "Scope": "REGIONAL"}
    waf.update_ip_set(**named, Addresses=[OWN_ADDRESS, "52.10.20.30/32"], LockToken=found["LockToken"])
    with pytest.raises(LeftoversError, match=r"partner's IP set holds 198\.51\.100\.7/32, 52\.10\.20\.30/32"):
        firewall.down(notes)  # pyright: ignore[reportArgumentType] - it takes notes as a step does
    assert "IP set" in firewall.partner.admits(), "what is left over has to be looked at"


@pytest.mark.engine
def test_the_stack_of_the_repository_lets_the_gateways_in_and_out(
    paths: WorldPaths, tools: Tools, notes: Any, tmp_path: Path
) -> None:
    launchers.install(ensure(), paths.bin)
    repository = tmp_path / "repository"
    shutil.copytree(HERE / "stacks" / "firewall", repository / "stacks" / "firewall")
    (repository / ".venv").symlink_to(sys.prefix)
    _write_hosting_state(paths)
    firewall = Firewall.of(repository, paths, tools)
    assert not firewall.stack.exists, "so that nothing is done about it unless asked"

    assert firewall.up(notes) == {"partner-edge": [f"{GATEWAY}/32"], "partner-network": [f"{GATEWAY}/32"]}
    rule = f"langsmith-firewall-{NAME}"
    assert firewall.partner.admits() == {"IP set": ADMITTED, "web ACL": [rule], "prefix list": ADMITTED}
    assert firewall.stack.exists, "so that later runs keep it so"

    firewall.down(notes)
    assert firewall.partner.admits() == {}, "the partner found its own entries, and left"
    assert not firewall.stack.exists
    assert not firewall.stack.file.exists(), "the next sandbox starts from nothing"


def _write_hosting_state(paths: WorldPaths) -> None:
    """The state of a hosting stack that exports an address, as the engine would have left it."""
    kind = "pulumi:pulumi:Stack"
    root = {"urn": f"urn:pulumi:sandbox::{HOSTING}::{kind}::{HOSTING}-sandbox", "custom": False, "type": kind}
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    latest = {"manifest": manifest, "resources": [{**root, "outputs": {"natGatewayIps": [GATEWAY]}}]}
    file = paths.pulumi / "state" / ".pulumi" / "stacks" / HOSTING / "sandbox.json"
    file.parent.mkdir(parents=True)
    checkpoint = {"stack": f"organization/{HOSTING}/sandbox", "latest": latest}
    file.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))
