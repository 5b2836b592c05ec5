"""IP sets and web ACLs: locked by token, replaced whole, and never gone while something refers to them."""

from __future__ import annotations

import pytest

SCOPE = "REGIONAL"
VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "agents"}
LOCK = "WAFOptimisticLockException"


@pytest.fixture
def waf(client):
    return client("wafv2")


def _ip_set(waf, *addresses, name="agents", version="IPV4"):
    made = waf.create_ip_set(
        Name=name, Scope=SCOPE, IPAddressVersion=version, Addresses=list(addresses), Description="theirs"
    )
    return made["Summary"]


def _rule(arn, name="agents", priority=0, **more):
    statement = {"IPSetReferenceStatement": {"ARN": arn}}
    rule = {"Name": name, "Priority": priority, "Statement": statement, "VisibilityConfig": VISIBILITY}
    return {**rule, **(more or {"Action": {"Allow": {}}})}


def _web_acl(waf, *rules, name="edge", **more):
    settings = {"DefaultAction": {"Block": {}}, "VisibilityConfig": VISIBILITY, **more}
    return waf.create_web_acl(Name=name, Scope=SCOPE, Rules=list(rules), **settings)["Summary"]


def _named(summary):
    return {"Name": summary["Name"], "Id": summary["Id"], "Scope": SCOPE}


def test_a_write_with_an_old_token_is_refused(account, waf):
    made = _ip_set(waf)
    named = _named(made)
    waf.update_ip_set(**named, Addresses=["54.1.2.3/32"], LockToken=made["LockToken"])
    assert account.refusal(lambda: waf.update_ip_set(**named, Addresses=[], LockToken=made["LockToken"]))[0] == LOCK
    assert waf.get_ip_set(**named)["IPSet"]["Addresses"] == ["54.1.2.3/32"], "the later write is not lost"
    acl = _web_acl(waf)
    settings = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY, "LockToken": "old"}
    assert account.refusal(lambda: waf.update_web_acl(**_named(acl), **settings))[0] == LOCK
    assert account.refusal(lambda: waf.delete_web_acl(**_named(acl), LockToken="old"))[0] == LOCK


def test_an_update_replaces_all_there_is(waf):
    made = _ip_set(waf, "54.1.2.3/32")
    waf.update_ip_set(**_named(made), Addresses=[], LockToken=made["LockToken"])
    assert waf.get_ip_set(**_named(made))["IPSet"].get("Description", "") == "", "who leaves it out wipes it"
    acl = _web_acl(waf, _rule(made["ARN"]), Description="edge", TokenDomains=["a.example"])
    settings = {"DefaultAction": {"Block": {}}, "VisibilityConfig": VISIBILITY, "LockToken": acl["LockToken"]}
    waf.update_web_acl(**_named(acl), **settings)
    found = waf.get_web_acl(**_named(acl))["WebACL"]
    assert (found["Rules"], found.get("TokenDomains"), found["Description"]) == ([], None, ""), "moto keeps all three"


@pytest.mark.parametrize("address", ["54.1.2.3", "54.1.2.3/24", "0.0.0.0/0", "2600::/32", "here"])
def test_an_address_aws_refuses_is_refused(account, waf, address):
    made = _ip_set(waf)
    for call in (
        lambda: _ip_set(waf, address, name="other"),
        lambda: waf.update_ip_set(**_named(made), Addresses=[address], LockToken=made["LockToken"]),
    ):
        code, message = account.refusal(call)
        assert code == "WAFInvalidParameterException"
        assert message.endswith(f"field: IP_ADDRESS, parameter: {address}"), "which of many it was"


def test_a_set_of_ipv6_takes_ipv6(account, waf):
    _ip_set(waf, "2600:1f18::/48", version="IPV6")
    assert account.refusal(lambda: _ip_set(waf, "54.1.2.3/32", name="b", version="IPV6"))[0].startswith("WAFInvalid")


def test_more_than_a_set_or_an_account_holds_is_refused(account, waf):
    cidrs = [f"54.{n // 65536}.{n // 256 % 256}.{n % 256}/32" for n in range(10_001)]
    assert account.refusal(lambda: _ip_set(waf, *cidrs))[0] == "WAFLimitsExceededException"
    for number in range(100):
        _ip_set(waf, name=f"set-{number}")
    assert account.refusal(lambda: _ip_set(waf, name="one-more"))[0] == "WAFLimitsExceededException"


def test_names_are_taken_once(account, waf):
    _ip_set(waf)
    _web_acl(waf)
    assert account.refusal(lambda: _ip_set(waf))[0] == "WAFDuplicateItemException"
    assert account.refusal(lambda: _web_acl(waf))[0] == "WAFDuplicateItemException"


def test_a_set_a_rule_refers_to_stays(account, waf):
    made = _ip_set(waf)
    acl = _web_acl(waf, _rule(made["ARN"]))
    delete = lambda: waf.delete_ip_set(**_named(made), LockToken=made["LockToken"])  # noqa: E731
    assert account.refusal(delete)[0] == "WAFAssociatedItemException"
    waf.delete_web_acl(**_named(acl), LockToken=acl["LockToken"])
    delete()
    assert account.leftovers() == [], "both are gone"


def test_a_web_acl_something_uses_stays(account, waf):
    acl, balancer = _web_acl(waf), "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/agents/1"
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=balancer)
    delete = lambda: waf.delete_web_acl(**_named(acl), LockToken=acl["LockToken"])  # noqa: E731
    assert account.refusal(delete)[0] == "WAFAssociatedItemException"
    other = _web_acl(waf, name="other")
    waf.associate_web_acl(WebACLArn=other["ARN"], ResourceArn=balancer)
    delete()
    assert waf.get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["Name"] == "other", "a resource has one"


def test_rules_that_contradict_each_other_are_refused(account, waf):
    arn = _ip_set(waf)["ARN"]
    cases = {
        "WAFDuplicateItemException": ([_rule(arn), _rule(arn, "b")], [_rule(arn), _rule(arn, priority=1)]),
        "WAFNonexistentItemException": ([_rule(f"{arn}0")],),
        "WAFInvalidParameterException": (
            [_rule(arn, OverrideAction={"None": {}})],
            [_rule(arn, Action={"Allow": {}, "Block": {}})],
            [{**_rule(arn), "Statement": {}}],
        ),
    }
    for code, wrong in cases.items():
        for rules in wrong:
            assert account.refusal(lambda rules=rules: _web_acl(waf, *rules))[0] == code, rules
    code, _ = account.refusal(lambda: _web_acl(waf, DefaultAction={}))
    assert code == "WAFInvalidParameterException", "an ACL either allows or blocks"


def test_capacity_is_counted_and_bounded(account, waf):
    arn = _ip_set(waf)["ARN"]
    inner = {"IPSetReferenceStatement": {"ARN": arn}}
    nested = {"AndStatement": {"Statements": [inner, {"NotStatement": {"Statement": inner}}]}}
    acl = _web_acl(waf, {**_rule(arn), "Statement": nested})
    assert waf.get_web_acl(**_named(acl))["WebACL"]["Capacity"] == 2, "one for each reference"
    group = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    rules = [
        {**_rule(arn, f"r{n}", n, OverrideAction={"None": {}}), "Statement": {"ManagedRuleGroupStatement": group}}
        for n in range(8)
    ]
    assert account.refusal(lambda: _web_acl(waf, *rules, name="b"))[0] == "WAFLimitsExceededException"


def test_what_would_be_lost_without_a_word_is_not_offered(account, waf):
    code, _ = account.refusal(lambda: _web_acl(waf, ApplicationConfig={"Attributes": [{"Name": "a"}]}))
    assert code == "NotImplemented"
    regex = {"RegexMatchStatement": {"RegexString": "a"}}
    code, _ = account.refusal(lambda: _web_acl(waf, {**_rule(""), "Statement": regex}))
    assert code == "NotImplemented", "its capacity units are not known here"


def test_cloudfront_has_a_world_of_its_own(waf, account):
    made = waf.create_ip_set(Name="edge", Scope="CLOUDFRONT", IPAddressVersion="IPV4", Addresses=["54.1.2.3/32"])
    assert ":global/ipset/edge/" in made["Summary"]["ARN"], "its ARN says so"
    assert waf.list_ip_sets(Scope=SCOPE)["IPSets"] == [], "a regional list does not show it"
    assert ("wafv2:ipset", "edge") in account.leftovers(), "a sweep finds it"
