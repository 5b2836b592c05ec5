"""The page about fleets shows a langsmith.toml that works."""

from __future__ import annotations

import re
from pathlib import Path

from langsmith_client.fleet.agent_plan import Action
from langsmith_client.langsmith_toml import load_fleet

PAGE = (Path(__file__).parents[4] / "docs" / "fleet.md").read_text(encoding="utf-8")


def test_the_example_is_read_without_a_complaint(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "langsmith.toml").write_text(example)
    greeter, planner = load_fleet(tmp_path / "langsmith.toml").at("prod")
    assert (greeter.resources, planner.wave) == ({"cpu": 1, "memory_mb": 1024, "min_scale": 2}, 2)


def test_every_action_is_explained():
    table = PAGE.partition("| action |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [action.value for action in Action]
