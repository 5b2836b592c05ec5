"""The firewall's part of the walk-through: a partner's lists, before it and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.walkthrough.errors import LeftoversError
from langsmith_sandbox.walkthrough.firewall import PROJECT, Firewall
from langsmith_sandbox.walkthrough.partner import NAME, OWN_ADDRESS, Partner
from langsmith_sandbox.walkthrough.stack import Stack

if TYPE_CHECKING:
    from conftest import Notes

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.walkthrough.tools import Tools


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
