"""The inputs of the rule: checked and normalised, also while some of them are not known yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi.output import Unknown

from langsmith_firewall.entries.inputs import has_unknown
from langsmith_firewall.errors import Problem
from langsmith_firewall.services.web_acl import WEB_ACL_ARN, WebAclName
from langsmith_firewall.web_acl_rule.rule import AllowRule

NAMES = ("web_acl_arn", "ip_set_name", "ip_set_id", "scope", "priority", "close_open")
_HIGHEST_PRIORITY = 999_999_999


def rule_of(props: Mapping[str, Any]) -> AllowRule:
    """The rule that checked properties, all of them known, ask for."""
    arn = WebAclName(props["web_acl_arn"]).ip_set(props["ip_set_name"], props["ip_set_id"])
    priority = props.get("priority")
    return AllowRule(props["ip_set_name"], arn, None if priority is None else int(priority))


def check(props: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs in normal form, and what is wrong with them. The IP set's names are checked with its entries."""
    checked = {name: props.get(name) for name in NAMES}
    checked["close_open"] = checked["close_open"] or False
    problems: list[Problem] = []
    if not has_unknown(checked["web_acl_arn"]):
        problems += _check_web_acl(str(checked["web_acl_arn"]), checked["scope"])
    if not isinstance(checked["priority"], Unknown):
        checked["priority"], found = _check_priority(checked["priority"])
        problems += found
    return checked, problems


def _check_web_acl(arn: str, scope: Any) -> list[Problem]:
    if not re.fullmatch(WEB_ACL_ARN, arn, re.ASCII):
        return [Problem("web_acl_arn", f"{arn!r} is no web ACL's ARN. Copy it from the web ACL's page.")]
    if not has_unknown(scope) and WebAclName(arn).scope != scope:
        reason = f"The web ACL is {WebAclName(arn).scope} and the IP set is {scope}. Name two of one scope."
        return [Problem("web_acl_arn", reason)]
    return []


def _check_priority(given: Any) -> tuple[int | None, list[Problem]]:
    """Whole numbers only; the engine knows none and gives each as a float."""
    if given is None:
        return None, []
    usable = not isinstance(given, bool) and re.fullmatch(r"\d{1,9}(\.0)?", str(given))
    if not usable:
        reason = f"{given!r} is not usable. Give a whole number from 0 to {_HIGHEST_PRIORITY}."
        return None, [Problem("priority", reason)]
    return int(float(given)), []
