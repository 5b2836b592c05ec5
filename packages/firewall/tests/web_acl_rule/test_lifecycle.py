"""The rule comes and goes in one write, keeps others' rules, and neither opens nor shuts anything by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.errors import RefusedError
from langsmith_firewall.web_acl_rule.lifecycle import RuleLifecycle
from langsmith_firewall.web_acl_rule.rule import AllowRule

if TYPE_CHECKING:
    from conftest import FakeRules

ARN = "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/agents/0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"
OURS = "langsmith-firewall-agents"


def _over(fake: Any, priority: int | None = None, arn: str = ARN) -> RuleLifecycle:
    return RuleLifecycle(fake, AllowRule("agents", arn, priority), sleep=lambda _: None)


def _ours(fake: FakeRules) -> dict[str, Any]:
    return dict(next(rule for rule in fake.rules if rule["Name"] == OURS))


def test_the_rule_allows_the_set_behind_all_others(fake: FakeRules) -> None:
    _over(fake).bring()
    assert fake.names() == ["theirs", OURS], "theirs stays"
    rule = _ours(fake)
    assert rule["Statement"] == {"IPSetReferenceStatement": {"ARN": ARN}}, "whoever is in the set"
    assert (rule["Action"], rule["Priority"]) == ({"Allow": {}}, 8), "behind theirs, so that no block is overruled"
    fake.rules = []
    _over(fake).bring()
    assert _ours(fake)["Priority"] == 0, "alone it is the first"


def test_nothing_is_written_when_it_is_there_already(fake: FakeRules) -> None:
    _over(fake).bring()
    fake.history.clear()
    _over(fake).bring()
    assert fake.history == [], "a run whose outcome was lost had made it"


def test_a_place_can_be_asked_for_unless_it_is_taken(fake: FakeRules) -> None:
    _over(fake, priority=3).bring()
    assert _ours(fake)["Priority"] == 3
    _over(fake).bring(owned=True)
    assert _ours(fake)["Priority"] == 3, "no wish for another place is no reason to move it"
    with pytest.raises(RefusedError, match="Priority 7 is that of rule theirs"):
        _over(fake, priority=7).bring(owned=True)
    assert fake.names() == ["theirs", OURS], "others' rules are not renumbered"


def test_a_web_acl_that_allows_by_default_is_refused_and_left_alone(fake: FakeRules) -> None:
    fake.blocks = False
    with pytest.raises(RefusedError, match="set close_open"):
        _over(fake).bring()
    assert fake.history == [], "the rule would do nothing, or all others would be shut out"


def test_asked_to_it_closes_the_web_acl_in_the_write_that_lets_the_set_in(fake: FakeRules) -> None:
    fake.blocks = False
    _over(fake).bring(close_open=True)
    assert fake.history == [(["theirs", OURS], True)], "at no moment are the agents shut out"
    fake.blocks = False
    _over(fake).bring(owned=True, close_open=True)
    assert fake.blocks, "somebody opened it: the rule alone protects nothing"


def test_another_rule_of_the_name_is_not_overwritten(fake: FakeRules) -> None:
    fake.rules = [{"Name": OURS, "Priority": 1, "Statement": {"GeoMatchStatement": {}}, "Action": {"Block": {}}}]
    with pytest.raises(RefusedError, match="does something else"):
        _over(fake).bring()
    assert fake.history == [], "it is somebody's"


def test_a_set_made_anew_is_exchanged_in_one_write(fake: FakeRules) -> None:
    _over(fake).bring()
    fake.history.clear()
    _over(fake, arn=f"{ARN[:-1]}7").bring(owned=True)
    assert fake.history == [(["theirs", OURS], True)], "never without a rule in between"
    assert _ours(fake)["Statement"]["IPSetReferenceStatement"]["ARN"].endswith("7")


def test_others_changes_are_kept(fake: FakeRules) -> None:
    def somebody_adds(changed: FakeRules) -> None:
        changed.rules = [*changed.rules, {**changed.rules[0], "Name": "another", "Priority": 8}]
        changed.version += 1

    fake.before_write = [somebody_adds]
    _over(fake).bring()
    assert fake.names() == ["theirs", "another", OURS], "read again, and written on top of theirs"
    assert _ours(fake)["Priority"] == 9, "8 was taken meanwhile"


def test_reading_tells_an_altered_rule_from_a_missing_one(fake: FakeRules) -> None:
    assert _over(fake).read() is None, "not there yet"
    _over(fake).bring()
    assert _over(fake).read() is True
    fake.rules[-1] = {**fake.rules[-1], "Action": {"Count": {}}}
    assert _over(fake).read() is False, "it lets nobody in any more"
    _over(fake).bring(owned=True)
    fake.blocks = False
    assert _over(fake).read() is False, "everybody gets in"
    fake.gone = True
    assert _over(fake).read() is None


def test_removing_leaves_theirs_and_keeps_the_web_acl_closed(fake: FakeRules) -> None:
    _over(fake).bring()
    _over(fake).remove()
    assert (fake.names(), fake.blocks) == (["theirs"], True), "as it was found"
    fake.history.clear()
    _over(fake).remove()
    assert fake.history == [], "twice is fine"
    fake.gone = True
    _over(fake).remove()


def test_a_rule_that_was_made_to_block_is_not_removed(fake: FakeRules) -> None:
    _over(fake).bring()
    fake.rules[-1] = {**fake.rules[-1], "Action": {"Block": {}}}
    with pytest.raises(RefusedError, match="might open the web ACL"):
        _over(fake).remove()
    assert OURS in fake.names(), "who blocked something relies on it"
