"""`langsmith-client plan` and `apply` over a fleet, from nothing to a halt."""

from __future__ import annotations

import json
import re


def test_a_fleet_is_planned_deployed_changed_refused_and_halted(world, shop, agents, tmp_path):
    plan, report, summary = (tmp_path / name for name in ("plan.json", "junit.xml", "summary.md"))
    first = shop.on_fleet("plan", "--out", str(plan))
    assert first[-1]["counts"]["create"] == 3
    assert "canary-secret" not in plan.read_text()
    applied = shop.on_fleet("apply", str(plan), "--builder", "layers", "--junit", str(report))
    assert applied[-1]["counts"] == {"deployed": 3, "unchanged": 0, "failed": 0, "interrupted": 0, "not started": 0}
    assert all(event["proven"] for event in applied if event["event"] == "outcome")
    turns = re.findall(r'classname="(.*?)"', report.read_text())
    assert turns == ["dev.canary", "dev.wave-2", "dev.wave-3"]
    assert shop.on_fleet("plan", "--detailed-exitcode", expect=3)[-1]["counts"]["nothing"] == 3

    shop.write("two/graph.py", "graph = 2\n")
    shop.write("three/agent.env", "MODEL=large\nTOKEN=canary-secret\n")
    shop.commit("Count to two")
    planned = {event["name"]: event for event in shop.on_fleet("plan", "--out", str(plan))[:3]}
    assert [each["action"] for each in planned.values()] == ["nothing", "update", "update"]
    assert [each["subject"] for each in planned["two"]["image"]["commits"]["added"]] == ["Count to two"]
    (variable,) = planned["three"]["variables"]
    assert variable["name"] == "MODEL"
    assert re.fullmatch(r"[0-9a-f]{16}", variable["after"])

    made = {each["name"]: each for each in world.http.get("/v2/deployments").json()["resources"]}
    for name in ("two", "three"):
        url = f"/v2/deployments/{made[name]['id']}"
        world.http.patch(url, json={"secrets": [{"name": "MODEL", "value": "huge"}]}).raise_for_status()
    before = len(world.revisions(made["two"])) + len(world.revisions(made["three"]))
    (*_, refused) = shop.on_fleet("apply", str(plan), expect=30)
    assert "two: its newest revision is" in refused["what"]
    assert "three: its newest revision is" in refused["what"]
    assert len(world.revisions(made["two"])) + len(world.revisions(made["three"])) == before

    agents.broken["two"] = "It crashed."
    halted = shop.on_fleet(
        "apply", "--env-conflict=local", "--builder=layers", f"--github-summary={summary}", expect=20
    )
    states = {event["name"]: event["state"] for event in halted if event["event"] == "outcome"}
    assert states == {"one": "unchanged", "two": "failed", "three": "not started"}
    assert "Not started: three" in halted[-1]["what"]
    assert "It crashed" in summary.read_text()
    assert "canary-secret" not in json.dumps([*first, *applied, *halted]) + summary.read_text()
