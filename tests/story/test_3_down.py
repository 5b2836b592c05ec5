"""Back to nothing, and up once more."""

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
    again = up(workspace)
    assert again["answer"].startswith("Good day, ")
