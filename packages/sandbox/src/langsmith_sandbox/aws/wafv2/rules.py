"""What the rules of a web ACL may be: their names and priorities, what they refer to, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langsmith_sandbox.aws.wafv2.errors import duplicate, invalid, nonexistent, over_limit

_MOST_CAPACITY = 5_000  # https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
_EXACTLY_ONE = "You have used none or multiple values for a field that requires exactly one value."

# Web ACL capacity units, from the statements' pages of the developer guide. A statement that is not here is refused:
# its cost depends on settings nothing in the sandbox uses.
_COSTS = {
    "AndStatement": 0,
    "AsnMatchStatement": 1,
    "GeoMatchStatement": 1,
    "IPSetReferenceStatement": 1,
    "LabelMatchStatement": 1,
    "NotStatement": 0,
    "OrStatement": 0,
    "RateBasedStatement": 2,
}
_MANAGED_COSTS = {
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
}
_NESTED = ("Statement", "ScopeDownStatement")
_OF_GROUPS = frozenset({"ManagedRuleGroupStatement", "RuleGroupReferenceStatement"})
_REFERRING = frozenset({
    "IPSetReferenceStatement", "RegexPatternSetReferenceStatement", "RuleGroupReferenceStatement",
})  # fmt: skip


def check_rules(rules: Sequence[Mapping[str, Any]], exists: Callable[[str], bool]) -> int:
    """The capacity units of a web ACL's rules.

    Args:
        rules: As the request has them.
        exists: Whether an ARN names an IP set, a pattern set or a rule group.

    Raises:
        AwsError: AWS refuses them.
        NotImplementedError: The sandbox does not know what a statement costs.
    """
    for unique in ("Name", "Priority"):
        if len({rule[unique] for rule in rules}) < len(rules):
            raise duplicate()
    for rule in rules:
        _check_action(rule)
    capacity = 0
    for rule in rules:
        for kind, statement in walk(rule["Statement"]):
            if kind in _REFERRING and not exists(statement["ARN"]):
                raise nonexistent()
            capacity += _cost(kind, statement)
    if capacity > _MOST_CAPACITY:
        raise over_limit()
    return capacity


def references(rules: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The ARNs rules refer to."""
    found = (statement for rule in rules for kind, statement in walk(rule["Statement"]) if kind in _REFERRING)
    return frozenset(str(statement["ARN"]) for statement in found)


def walk(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A statement and all those inside it, by kind."""
    if len(statement) != 1:
        raise invalid(_EXACTLY_ONE, "STATEMENT", "Statement")
    ((kind, content),) = statement.items()
    yield kind, content
    inner = [*content.get("Statements", ()), *(content[key] for key in _NESTED if key in content)]
    for each in inner:
        yield from walk(each)


def _check_action(rule: Mapping[str, Any]) -> None:
    """A rule acts itself or overrides the actions of a group, never both; a group takes only an override."""
    wanted, other = "Action", "OverrideAction"
    if _OF_GROUPS & rule["Statement"].keys():
        wanted, other = other, wanted
    if other in rule or len(rule.get(wanted, {})) != 1:
        raise invalid(_EXACTLY_ONE, "RULE_ACTION" if wanted == "Action" else "OVERRIDE_ACTION", wanted)


def _cost(kind: str, statement: Mapping[str, Any]) -> int:
    costs = _COSTS
    name = kind
    if kind == "ManagedRuleGroupStatement":
        costs, name = _MANAGED_COSTS, str(statement["Name"])
    if name not in costs:
        raise NotImplementedError(f"it does not know the capacity units of {name}.")
    return costs[name]
