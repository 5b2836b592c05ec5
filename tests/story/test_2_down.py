"""Back to nothing, and up once more: what the later chapters tell of is the second life."""

from __future__ import annotations

from typing import Any

import pytest
from secret_search import processes_showing
from standing_world import up
from workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.world]


def test_down_leaves_nothing_and_up_works_again(workspace: Workspace, standing: dict[str, Any]) -> None:
    workspace.run("langsmith-sandbox", "down")
    assert processes_showing(str(workspace.sandbox)) == [], "no process is left"
    logs = workspace.sandbox / "logs" / "walkthrough"
    closed, released = logs / "firewall" / "pulumi-destroy.log", logs / "pulumi-destroy.log"
    assert closed.stat().st_mtime < released.stat().st_mtime, "lists forget addresses before others may get them"
    again = up(workspace)
    assert again["answer"].startswith("Good day, ")
