"""The stack file of the firewall: everything wrong with it in one run, and the example as it is documented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import settings as runtime_settings

from langsmith_firewall.config import FirewallConfig
from langsmith_firewall.errors import ConfigError

PROJECT = "langsmith-firewall"
STACK_FOLDER = Path(__file__).parents[3] / "stacks/firewall"
PREFIX_LIST = {"kind": "aws-prefix-list", "name": "partners", "prefixListId": "pl-0a1b2c3d"}
GOOD: dict[str, Any] = {"sources": ["52.10.20.30"], "services": [PREFIX_LIST]}


class _Silent(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError("reading the configuration declares nothing")

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        raise AssertionError("reading the configuration asks nobody")


@pytest.fixture
def load() -> Iterator[Callable[[dict[str, Any]], FirewallConfig]]:
    """Loads what a stack file holds."""
    pulumi.runtime.set_mocks(_Silent(), project=PROJECT, stack="dev")

    def loaded(values: dict[str, Any]) -> FirewallConfig:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
        pulumi.runtime.set_all_config({f"{PROJECT}:{key}": text for key, text in texts.items()}, [])
        return FirewallConfig.load()

    yield loaded
    pulumi.runtime.set_all_config({}, [])
    runtime_settings.reset_options()


Load = Callable[[dict[str, Any]], FirewallConfig]


def test_a_plain_list_of_addresses_needs_no_hosting_stack(load: Load) -> None:
    config = load(GOOD)
    assert (config.sources, config.hosting_stack) == (("52.10.20.30",), None), "it works without"
    assert config.owner == "dev", "two stacks on one list must not take each other's entries for their own"
    assert config.services[0].target == {"prefixListId": "pl-0a1b2c3d"}, "without the fields of the stack file"


def test_the_documented_example_loads(load: Load) -> None:
    example = yaml.safe_load((STACK_FOLDER / "Pulumi.dev.yaml").read_text())["config"]
    config = load({key.removeprefix(f"{PROJECT}:"): value for key, value in example.items()})
    assert config.hosting_stack == "organization/langsmith-hybrid/dev", "copying it must work"
    assert [each.kind for each in config.services] == ["azure-ai", "mongodb-atlas", "aws-prefix-list"], "in order"


def test_the_stack_folder_is_this_project() -> None:
    assert yaml.safe_load((STACK_FOLDER / "Pulumi.yaml").read_text())["name"] == PROJECT, "keys carry its name"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sources": None}, "Neither sources nor hostingStack is set"),
        ({"hostingStack": "organization/langsmith-hybrid/dev"}, "are both set"),
        ({"sources": []}, "The list is empty"),
        ({"sources": ["10.0.0.1"]}, "10.0.0.1 is private or reserved"),
        ({"sources": "52.10.20.30"}, "is no list"),
        ({"services": None}, "There is none"),
        ({"services": []}, "There is none"),
        ({"services": ["aws-prefix-list"]}, "services[0].kind: 'aws-prefix-list' is no map"),
        ({"services": [{**PREFIX_LIST, "kind": "aws-prefixlist"}]}, "Did you mean aws-prefix-list?"),
        ({"services": [{**PREFIX_LIST, "kind": "telepathy"}]}, "Use one of: mongodb-atlas"),
        ({"services": [{**PREFIX_LIST, "name": " "}]}, "services[0].name: It is required"),
        ({"services": [{**PREFIX_LIST, "closeOpen": "yes"}]}, "services[0].closeOpen: 'yes' is neither"),
        ({"services": [{**PREFIX_LIST, "prefixListID": "pl-1"}]}, "Did you mean prefixListId?"),
        ({"services": [PREFIX_LIST, PREFIX_LIST]}, "'partners' is the name of several"),
        ({"owner": "Team A"}, "'Team A' is not usable"),
        ({"hostingstack": "x"}, "Did you mean hostingStack?"),
    ],
)
def test_a_stack_file_that_cannot_work_is_refused_with_its_key(
    load: Load, changes: dict[str, Any], sentence: str
) -> None:
    values = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(ConfigError) as failure:
        load(values)
    assert sentence in str(failure.value), "what is wrong and what to write instead"
    assert isinstance(failure.value, pulumi.RunError), "the engine prints it without a traceback"


def test_all_problems_are_told_at_once(load: Load) -> None:
    with pytest.raises(ConfigError, match="4 problems"):
        load({"sources": ["10.0.0.1"], "services": [PREFIX_LIST, {"kind": "mongodb-atlas"}], "colour": "red"})


def test_a_web_acl_is_an_option_of_its_ip_set_and_numbers_may_be_numbers(load: Load) -> None:
    web_acl = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"
    ip_set = {"ipSetName": "agents", "ipSetId": "0f3a1c5e-7b2d-4e6f-8a9b-1c2d3e4f5a6b"}
    service = {"kind": "aws-waf-ip-set", "name": "edge", **ip_set, "webAclArn": web_acl, "rulePriority": 10}
    (parsed,) = load({**GOOD, "services": [service]}).services
    assert parsed.target == {**ip_set, "scope": "REGIONAL"}, "which list it is says nothing of the web ACL"
    assert parsed.options == {"webAclArn": web_acl, "rulePriority": "10"}, "YAML has numbers of its own"
    with pytest.raises(ConfigError, match="webAclArn: 'edge' is not usable"):
        load({**GOOD, "services": [{**service, "webAclArn": "edge"}]})
