"""Every rule of the policy can be broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from policy_rules import RULES, Plan, Rule

if TYPE_CHECKING:
    from conftest import RecordingEngine


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_fails_on_a_plan_that_breaks_it(declare: Callable[..., RecordingEngine], rule: Rule) -> None:
    plan = Plan(declare(profile="production").registered)
    changed = next(plan.of(rule.token))
    broken = Plan(each for each in plan if each is not changed)
    if rule.change is not None:
        broken.append(dataclasses.replace(changed, inputs={**changed.inputs, **rule.change}))
    assert [each.name for each in rule.offenders(broken)] == [changed.name]


def test_no_rule_is_there_twice() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
