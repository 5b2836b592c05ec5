"""The order of a rollout: whoever finds out first should be one, and not all."""

from __future__ import annotations

import pytest

from langsmith_client.fleet.agent_plan import Action, AgentPlan, FleetPlan, ImagePlan
from langsmith_client.fleet.stages import Stage, stages

IMAGE = ImagePlan("registry.example/x", "1.0", None, "inputs")


def plan(*agents):
    return FleetPlan("dev", b"", tuple(AgentPlan(name, action, IMAGE, **more) for name, action, more in agents))


@pytest.mark.parametrize(
    ("agents", "canary", "expected"),
    [
        ([("a", Action.UPDATE, {}), ("b", Action.UPDATE, {})], True, [("canary", "a"), ("wave 1", "b")]),
        ([("a", Action.UPDATE, {}), ("b", Action.UPDATE, {})], False, [("wave 1", "a b")]),
        ([("a", Action.UPDATE, {}), ("b", Action.CREATE, {"canary": True})], True, [("canary", "b"), ("wave 1", "a")]),
        ([("a", Action.UPDATE, {"canary": True})], False, [("wave 1", "a")]),
        (
            [("a", Action.UPDATE, {"wave": 2}), ("b", Action.UPDATE, {"wave": 1})],
            True,
            [("canary", "b"), ("wave 2", "a")],
        ),
        ([("a", Action.UPDATE, {})], True, [("wave 1", "a")]),
        (
            [("a", Action.NOTHING, {"canary": True}), ("b", Action.FOLLOW, {}), ("c", Action.UPDATE, {"wave": 3})],
            True,
            [("canary", "b"), ("wave 3", "c"), ("unchanged", "a")],
        ),
        ([("a", Action.NOTHING, {}), ("b", Action.NOTHING, {})], True, [("unchanged", "a b")]),
        ([], True, []),
    ],
)
def test_a_canary_goes_before_the_waves_and_the_unchanged_are_asked_last(agents, canary, expected):
    found = stages(plan(*agents), canary=canary)
    assert found == tuple(Stage(name, tuple(members.split())) for name, members in expected)
