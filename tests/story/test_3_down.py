"""Back to nothing, and up once more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from secret_search import processes_showing
from standing_world import outputs, up
from workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.world]


def test_a_partners_firewalls_admit_the_gateways_and_forget_them_first(
    workspace: Workspace, standing: dict[str, Any]
) -> None:
    gateways = [f"{address}/32" for address in outputs(workspace)["natGatewayIps"]]
    admitted = json.loads(workspace.run("langsmith-sandbox", "up", "--with-firewall", "--json").stdout)["admitted"]
    assert admitted == {"partner-edge": gateways, "partner-network": gateways}
    workspace.run("langsmith-sandbox", "down")
    logs = workspace.sandbox / "logs" / "walkthrough"
    closed, released = logs / "firewall" / "pulumi-destroy.log", logs / "pulumi-destroy.log"
    assert closed.stat().st_mtime < released.stat().st_mtime, "the addresses may be somebody else's from then on"


def test_down_leaves_nothing_and_up_works_again(workspace: Workspace, standing: dict[str, Any]) -> None:
    workspace.run("langsmith-sandbox", "down")
    assert processes_showing(str(workspace.sandbox)) == [], "no process is left"
    again = up(workspace)
    assert again["answer"].startswith("Welcome, ")
