"""Names that lead to a list are checked before anything is asked, and all at once."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.target import check_target

HEX = "2c0fc9fa937b11eaa1b71c4d701ab86e"
ACCOUNT = (
    "/subscriptions/6a1f0f6e-0000-4000-8000-000000000001/resourceGroups/ai"
    "/providers/Microsoft.CognitiveServices/accounts/models"
)
GOOD: dict[str, dict[str, str]] = {
    "aws-prefix-list": {"prefixListId": "pl-0a1b2c3d4e5f60718"},
    "aws-waf-ip-set": {"ipSetName": "agents", "ipSetId": "0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"},
    "azure-ai": {"accountId": ACCOUNT},
    "cloudflare-access-rules": {"scopeId": HEX},
    "cloudflare-ip-list": {"accountId": HEX, "listId": HEX},
    "google-api-key": {"project": "my-project", "keyId": "gemini"},
    "mongodb-atlas": {"projectId": "32b6e34b3d91647abb20e7b8"},
    "snowflake-network-rule": {"account": "acme-prod", "rule": "security.rules.agents"},
}


@pytest.mark.parametrize("kind", SERVICES)
def test_a_good_target_passes_and_gets_its_defaults(kind: str) -> None:
    checked, problems = check_target(SERVICES[kind].target, GOOD[kind])
    assert problems == [], "the examples of the documentation"
    assert checked.items() >= GOOD[kind].items(), "nothing is changed"


@pytest.mark.parametrize("kind", SERVICES)
def test_every_required_name_is_asked_for(kind: str) -> None:
    _, problems = check_target(SERVICES[kind].target, {})
    assert {each.property for each in problems} == set(GOOD[kind]), "all at once"


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("aws-prefix-list", "prefixListId", "pl-XYZ"),
        ("aws-prefix-list", "region", "Frankfurt"),
        ("aws-waf-ip-set", "scope", "GLOBAL"),
        ("aws-waf-ip-set", "ipSetId", "agents"),
        ("azure-ai", "accountId", "models"),
        ("azure-ai", "accountId", f"{ACCOUNT}/../other"),
        ("azure-ai", "endpoint", "http://management.azure.com"),
        ("azure-ai", "endpoint", "https://user:secret@management.azure.com"),
        ("cloudflare-access-rules", "scope", "users"),
        ("cloudflare-ip-list", "listId", "../x"),
        ("google-api-key", "keyId", "AIzaSy_not_the_id"),
        ("mongodb-atlas", "projectId", "my project"),
        ("snowflake-network-rule", "rule", "security.rules.a; DROP TABLE x"),
        ("snowflake-network-rule", "rule", "agents"),
        ("snowflake-network-rule", "account", "acme/../x"),
        ("snowflake-network-rule", "account", ["acme-prod"]),
    ],
)
def test_a_name_that_cannot_be_is_refused(kind: str, name: str, value: Any) -> None:
    _, problems = check_target(SERVICES[kind].target, {**GOOD[kind], name: value})
    assert [each.property for each in problems] == [name], "only the culprit is blamed"


def test_a_mistyped_name_is_met_with_the_right_one() -> None:
    _, problems = check_target(SERVICES["mongodb-atlas"].target, {**GOOD["mongodb-atlas"], "projectID": "x"})
    assert "Did you mean projectId?" in str(problems[0]), "unknown names are errors, not silence"


def test_an_endpoint_on_this_machine_may_be_plain() -> None:
    target = {**GOOD["azure-ai"], "endpoint": "http://127.0.0.1:8080"}
    assert check_target(SERVICES["azure-ai"].target, target)[1] == [], "nothing leaves the machine"
