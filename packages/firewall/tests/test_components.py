"""What the components send to the engine, and above all what they do not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime import settings as runtime_settings

from langsmith_firewall import (
    AtlasAccessList,
    AzureAiNetworkRules,
    CloudflareAccessRules,
    CloudflareIpList,
    GoogleApiKeyRestriction,
    PrefixListEntries,
    SnowflakeNetworkRule,
    WafIpSetEntries,
)
from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.entries.inputs import check
from langsmith_firewall.web_acl_rule.inputs import check as check_rule

ENTRIES = "pulumi-python:dynamic/firewall:AllowListEntries"
RULE = "pulumi-python:dynamic/firewall:WebAclRule"
HEX = "2c0fc9fa937b11eaa1b71c4d701ab86e"
ACCOUNT = (
    "/subscriptions/6a1f0f6e-0000-4000-8000-000000000001/resourceGroups/ai"
    "/providers/Microsoft.CognitiveServices/accounts/models"
)
SECRETS = ("CLOUDFLARE_API_TOKEN", "SNOWFLAKE_TOKEN", "AWS_SECRET_ACCESS_KEY", "MONGODB_ATLAS_PRIVATE_API_KEY")

Declare = Callable[..., Any]
DECLARATIONS: dict[str, Declare] = {
    "aws-prefix-list": lambda **terms: PrefixListEntries("x", prefix_list_id="pl-0a1b2c3d", **terms),
    "aws-waf-ip-set": lambda **terms: WafIpSetEntries(
        "x", ip_set_name="agents", ip_set_id="0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b", **terms
    ),
    "azure-ai": lambda **terms: AzureAiNetworkRules("x", account_id=ACCOUNT, **terms),
    "cloudflare-access-rules": lambda **terms: CloudflareAccessRules("x", scope_id=HEX, **terms),
    "cloudflare-ip-list": lambda **terms: CloudflareIpList("x", account_id=HEX, list_id=HEX, **terms),
    "google-api-key": lambda **terms: GoogleApiKeyRestriction("x", project="my-project", key_id="gemini", **terms),
    "mongodb-atlas": lambda **terms: AtlasAccessList("x", project_id="32b6e34b3d91647abb20e7b8", **terms),
    "snowflake-network-rule": lambda **terms: SnowflakeNetworkRule(
        "x", account="acme-prod", rule="security.rules.agents", **terms
    ),
}


class RecordingEngine(mocks.Mocks):
    """Answers every registration with its inputs."""

    def __init__(self) -> None:
        self.registered: list[mocks.MockResourceArgs] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.registered.append(args)
        return f"{args.name}-id", {**args.inputs, "added": args.inputs.get("sources", [])}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError(f"{args.token} asks somebody while the program runs")

    def inputs(self) -> dict[str, Any]:
        """Those of the one list's entries."""
        (found,) = [each for each in self.registered if each.typ == ENTRIES]
        return {name: value for name, value in found.inputs.items() if name != "__provider"}


@pytest.fixture
def engine() -> Iterator[RecordingEngine]:
    recording = RecordingEngine()
    pulumi.runtime.set_mocks(recording, project="langsmith-firewall", stack="test")
    yield recording
    runtime_settings.reset_options()


def _run(declare: Declare, **terms: Any) -> Any:
    made: list[Any] = []

    @pulumi.runtime.test
    def program() -> None:
        made.append(declare(**terms))

    program()
    return made[0]


def test_every_service_has_a_component() -> None:
    assert set(DECLARATIONS) == set(SERVICES), "a service nobody can declare is of no use"


@pytest.mark.parametrize("kind", DECLARATIONS)
def test_a_component_declares_its_services_entries_from_an_output(engine: RecordingEngine, kind: str) -> None:
    sources = pulumi.Output.from_input(["52.10.20.30"])
    made = _run(DECLARATIONS[kind], sources=sources, description="agents", owner="team-a", close_open=True)
    inputs = engine.inputs()
    assert check(inputs)[1] == [], "its target has the names the service knows"
    assert (inputs["service"], inputs["sources"]) == (kind, ["52.10.20.30"]), "an output is resolved on the way"
    assert (inputs["description"], inputs["owner"], inputs["close_open"]) == ("agents", "team-a", True), "terms pass"
    assert isinstance(made.added, pulumi.Output), "others may wait for it"


@pytest.mark.parametrize("kind", DECLARATIONS)
def test_no_credential_of_the_environment_is_an_input(
    engine: RecordingEngine, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "canary-0123456789")
    _run(DECLARATIONS[kind], sources=["52.10.20.30"])
    assert "canary" not in json.dumps([each.inputs for each in engine.registered]), "every input ends up in the state"


WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"


def test_a_web_acl_gets_its_rule_only_when_it_is_named(engine: RecordingEngine) -> None:
    sources = ["52.10.20.30"]
    _run(DECLARATIONS["aws-waf-ip-set"], sources=sources)
    assert RULE not in [each.typ for each in engine.registered], "entries alone are the default"
    _run(DECLARATIONS["aws-waf-ip-set"], sources=sources, web_acl_arn=WEB_ACL, rule_priority=10, close_open=True)
    (rule,) = [each.inputs for each in engine.registered if each.typ == RULE]
    assert check_rule(rule)[1] == [], "its inputs have the names the provider knows"
    assert (rule["priority"], rule["close_open"], rule["ip_set_name"]) == (10, True, "agents"), "all of them pass"


def test_types_never_change(engine: RecordingEngine) -> None:
    _run(DECLARATIONS["azure-ai"], sources=["52.10.20.30"])
    assert [each.typ for each in engine.registered] == [
        "langsmith-firewall:index:AzureAiNetworkRules",
        ENTRIES,
    ], "existing stacks know their resources by these"


def test_unset_names_are_not_sent(engine: RecordingEngine) -> None:
    _run(DECLARATIONS["azure-ai"], sources=["52.10.20.30"])
    assert engine.inputs()["target"] == {"accountId": ACCOUNT}, "an absent endpoint must not look like an empty one"
