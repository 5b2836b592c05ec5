"""The rule's provider as the engine meets it, over the emulator's WAF."""

from __future__ import annotations

import base64
from typing import Any

import dill
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from langsmith_firewall.errors import FirewallError
from langsmith_firewall.web_acl_rule.provider import RuleProvider

UNKNOWN = Unknown()
UUID = "0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"
ACL = f"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/{UUID}"
GIVEN: dict[str, Any] = {"web_acl_arn": ACL, "ip_set_name": "agents", "ip_set_id": UUID, "scope": "REGIONAL"}


def _checked(**given: Any) -> dict[str, Any]:
    checked = RuleProvider().check({}, {**GIVEN, **given})
    assert not checked.failures
    return checked.inputs


def test_the_pickle_is_a_bare_reference_to_a_frozen_path() -> None:
    pickled = base64.b64decode(serialize_provider(RuleProvider()))
    assert len(pickled) < 110, "by value it would change with every edit, and show as a change of the rule"
    assert b"langsmith_firewall.web_acl_rule.provider" in pickled, "stacks in the field know it by this module"
    assert isinstance(dill.loads(pickled), RuleProvider), "the reference must resolve"  # noqa: S301 - our own


@pytest.mark.parametrize("priority", [10, 10.0, "10"])
def test_check_brings_a_place_into_one_form(priority: Any) -> None:
    assert _checked(priority=priority)["priority"] == 10, "the engine knows floats only, a stack file texts"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"web_acl_arn": "edge"}, "is no web ACL's ARN"),
        ({"web_acl_arn": ACL.replace("webacl", "ipset")}, "is no web ACL's ARN"),
        ({"web_acl_arn": f"{ACL}0"}, "is no web ACL's ARN"),
        ({"web_acl_arn": None}, "is no web ACL's ARN"),
        ({"scope": "CLOUDFRONT"}, "Name two of one scope"),
        ({"web_acl_arn": ACL.replace(":regional/", ":global/")}, "Name two of one scope"),
        ({"priority": -1}, "whole number"),
        ({"priority": 1.5}, "whole number"),
        ({"priority": True}, "whole number"),
        ({"priority": "first"}, "whole number"),
    ],
)
def test_what_cannot_work_is_refused_before_any_call(wrong: dict[str, Any], sentence: str) -> None:
    (failure,) = RuleProvider().check({}, {**GIVEN, **wrong}).failures
    assert failure.property in wrong or failure.property == "web_acl_arn", "the input to correct"
    assert sentence in failure.reason


def test_what_is_not_known_yet_passes_and_counts_as_a_change() -> None:
    known = _checked()
    for name in GIVEN:
        checked = RuleProvider().check({}, {**GIVEN, name: UNKNOWN})
        assert checked.failures == [], f"{name} may come from a resource of the same program"
        assert RuleProvider().diff("id", known, checked.inputs).changes, "a plan promises no less"


def test_another_web_acl_is_another_rule_and_a_new_set_is_not() -> None:
    provider, known = RuleProvider(), _checked()
    assert not provider.diff("id", {**known, "intact": True}, known).changes, "nothing to do"
    other = provider.diff("id", known, _checked(web_acl_arn=ACL.replace("edge", "other")))
    assert (other.replaces, other.delete_before_replace) == (["web_acl_arn"], False), "the new one first"
    anew = provider.diff("id", known, _checked(ip_set_id=UUID.replace("0", "1")))
    assert (anew.changes, anew.replaces) == (True, []), "in place, in one write"
    assert provider.diff("id", {**known, "intact": False}, known).changes, "somebody changed it"


def test_the_life_of_a_rule_at_aws(aws: Any) -> None:
    ip_set = aws.ip_set("54.1.2.0/24")
    web_acl = aws.web_acl("theirs", ip_set)
    before = {name: value for name, value in aws.in_web_acl(web_acl).items() if name not in {"LockToken", "Capacity"}}
    provider = RuleProvider()
    wanted = _checked(web_acl_arn=web_acl, ip_set_name=ip_set["ipSetName"], ip_set_id=ip_set["ipSetId"])
    made = provider.create(wanted)
    assert made.outs is not None
    assert made.outs == {**wanted, "intact": True}, "the engine forgets what it is not given"
    assert aws.rules(web_acl) == ["theirs", f"langsmith-firewall-{ip_set['ipSetName']}"]
    after = aws.in_web_acl(web_acl)
    changed = [name for name in before if after[name] != before[name]]
    assert changed == ["Rules"], "an update replaces all of it: what is not repeated is lost"
    assert provider.read(made.id, made.outs).outs == {**wanted, "intact": True}
    theirs = [rule for rule in aws.rules_in_full(web_acl) if rule["Name"] == "theirs"]
    aws.write_rules(web_acl, theirs)
    assert not provider.read(made.id, made.outs).id, "an empty id tells the engine that it is gone"
    provider.update(made.id, made.outs, wanted)
    provider.delete(made.id, made.outs)
    assert aws.rules(web_acl) == ["theirs"], "as it was found"


def test_closing_an_open_web_acl_is_asked_for(aws: Any) -> None:
    ip_set = aws.ip_set("54.1.2.0/24")
    web_acl = aws.web_acl("theirs", ip_set, block=False)
    named = {"web_acl_arn": web_acl, "ip_set_name": ip_set["ipSetName"], "ip_set_id": ip_set["ipSetId"]}
    with pytest.raises(FirewallError, match="set close_open") as failure:
        RuleProvider().create(_checked(**named))
    assert failure.value.__suppress_context__, "the engine prints every cause it finds"
    assert aws.in_web_acl(web_acl)["DefaultAction"] == {"Allow": {}}, "left alone"
    RuleProvider().create(_checked(**named, close_open=True))
    assert aws.in_web_acl(web_acl)["DefaultAction"] == {"Block": {}}, "closed"


def test_a_set_that_is_not_there_is_said_to_be(aws: Any) -> None:
    web_acl = aws.web_acl("theirs", aws.ip_set("54.1.2.0/24"))
    with pytest.raises(FirewallError, match="WAFNonexistentItemException"):
        RuleProvider().create(_checked(web_acl_arn=web_acl))
    assert aws.rules(web_acl) == ["theirs"], "nothing was changed"
