"""An Azure AI account behind a small Resource Manager that refuses what the real one refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.errors import RefusedError
from langsmith_firewall.limits import AZURE_AI
from langsmith_firewall.rest import Rest
from langsmith_firewall.services.azure_ai import AzureAiAccount
from langsmith_firewall.sources import AllowedSources

if TYPE_CHECKING:
    from conftest import Asked, Vendor

ACCOUNT = (
    "/subscriptions/6a1f0f6e-0000-4000-8000-000000000001/resourceGroups/ai"
    "/providers/Microsoft.CognitiveServices/accounts/models"
)
SUBNET = {"id": "/subscriptions/x/subnets/agents", "ignoreMissingVnetServiceEndpoint": False}
THEIRS = "54.1.2.0/24"


class ResourceManager:
    """One account, by GET and PATCH, with entity tags."""

    def __init__(self, **rules: Any) -> None:
        self.rules: dict[str, Any] = {
            "defaultAction": "Deny",
            "bypass": "AzureServices",
            "ipRules": [{"value": THEIRS}],
            "virtualNetworkRules": [SUBNET],
            **rules,
        }
        self.version = 1
        self.history: list[list[str]] = []

    def values(self) -> list[str]:
        return [rule["value"] for rule in self.rules["ipRules"]]

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path != ACCOUNT or asked.query != "api-version=2024-10-01":
            message = f"The Resource '{asked.path}' was not found."
            return 404, {"error": {"code": "ResourceNotFound", "message": message}}
        if asked.method == "PATCH":
            if asked.headers.get("if-match", f'"{self.version}"') != f'"{self.version}"':
                return 412, {"error": {"code": "PreconditionFailed", "message": "The entity tag does not match."}}
            self.rules = asked.body["properties"]["networkAcls"]
            self.version += 1
            self.history.append(self.values())
        return 200, {"etag": f'"{self.version}"', "properties": {"networkAcls": self.rules}}


@pytest.fixture
def arm(vendor: Vendor) -> ResourceManager:
    manager = ResourceManager()
    vendor.answer = manager.answer
    return manager


def test_rules_are_added_before_old_ones_leave_and_all_else_is_sent_back(
    vendor: Vendor, arm: ResourceManager, rest: Rest, over: Any
) -> None:
    lifecycle = over(AzureAiAccount(rest, ACCOUNT), AZURE_AI)
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32", "52.10.20.64/28")))
    (write,) = vendor.writes()
    assert write.body == {
        "properties": {
            "networkAcls": {
                "defaultAction": "Deny",
                "bypass": "AzureServices",
                "ipRules": [{"value": THEIRS}, {"value": "52.10.20.30"}, {"value": "52.10.20.64/28"}],
                "virtualNetworkRules": [SUBNET],
            }
        }
    }, "the rules are written whole: what is left out would be gone"
    assert write.headers["if-match"] == '"1"', "a write on an old state must fail"
    arm.history.clear()
    ours = lifecycle.bring(AllowedSources(("52.10.20.40/32",)), ours)
    assert arm.history == [
        [THEIRS, "52.10.20.30", "52.10.20.64/28", "52.10.20.40"],
        [THEIRS, "52.10.20.40"],
    ], "first in, then out"
    lifecycle.remove(ours)
    assert (arm.values(), arm.rules["defaultAction"]) == ([THEIRS], "Deny"), "as it was found, and closed"


def test_a_change_by_others_between_read_and_write_is_kept(
    vendor: Vendor, arm: ResourceManager, rest: Rest, over: Any
) -> None:
    def somebody_adds() -> None:
        arm.rules["ipRules"].append({"value": "54.9.9.9"})
        arm.version += 1

    vendor.before_write = [somebody_adds]
    over(AzureAiAccount(rest, ACCOUNT), AZURE_AI).bring(AllowedSources(("52.10.20.30/32",)))
    assert arm.values() == [THEIRS, "54.9.9.9", "52.10.20.30"], "read again after the refusal"


def test_an_account_open_to_all_is_refused_unless_it_may_be_closed(
    vendor: Vendor, arm: ResourceManager, rest: Rest, over: Any
) -> None:
    arm.rules["defaultAction"] = "Allow"
    lifecycle = over(AzureAiAccount(rest, ACCOUNT), AZURE_AI)
    with pytest.raises(RefusedError, match="open to everybody"):
        lifecycle.bring(AllowedSources(("52.10.20.30/32",)))
    assert not vendor.writes(), "rules under Allow restrict nobody"
    lifecycle.bring(AllowedSources(("52.10.20.30/32",)), close_open=True)
    assert arm.rules["defaultAction"] == "Deny", "closed in the write that lets our addresses in, not before, not after"
    assert len(vendor.writes()) == 1, "one write: no moment in which we are shut out"


def test_destroy_does_not_close_or_open_what_somebody_changed(arm: ResourceManager, rest: Rest, over: Any) -> None:
    arm.rules["ipRules"], arm.rules["defaultAction"] = [{"value": "52.10.20.30"}], "Deny"
    over(AzureAiAccount(rest, ACCOUNT), AZURE_AI).remove(["52.10.20.30/32"])
    assert (arm.values(), arm.rules["defaultAction"]) == ([], "Deny"), "an account without rules admits nobody"


def test_an_account_without_rules_yet_counts_as_open(arm: ResourceManager, rest: Rest) -> None:
    arm.rules = {}
    assert not AzureAiAccount(rest, ACCOUNT).read().restricts, "a new account has no networkAcls and admits everybody"
