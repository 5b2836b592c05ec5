"""The configuration page and the example stack file say what the program does."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from langsmith_hybrid import config_values
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.profiles import DEV, PRODUCTION

ROOT = Path(__file__).parents[3]


def documented_defaults() -> dict[str, str]:
    page = (ROOT / "docs" / "configuration.md").read_text()
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE))


def documented_profiles() -> dict[str, tuple[str, str]]:
    page = (ROOT / "docs" / "configuration.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    return {key: (dev, production) for key, dev, production in rows}


def written(value: Any) -> str:
    if value is None:
        return "none"
    if value == PRODUCTION.interface_endpoints:
        return "all nodes need"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def test_every_key_is_documented_with_its_default() -> None:
    defaults = config_values.defaults(LangSmithConfig)
    expected = {config_values.stack_key(name): written(value) for name, value in defaults.items()}
    assert {**documented_defaults(), "region": ""} == {**expected, "region": ""}


def test_both_profiles_are_documented_side_by_side() -> None:
    expected = {
        config_values.stack_key(name): (written(dev), written(getattr(PRODUCTION, name)))
        for name, dev in vars(DEV).items()
    }
    assert documented_profiles() == expected


def test_the_five_required_keys_are_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    required = {
        config_values.stack_key(field.name)
        for field in dataclasses.fields(LangSmithConfig)
        if field.name not in config_values.defaults(LangSmithConfig) | vars(DEV)
    }
    assert all(f"| `{key}` |" in page for key in required)


@pytest.mark.usefixtures("engine")
def test_the_example_stack_file_loads_once_the_key_is_set(api_key: str) -> None:
    example = yaml.safe_load((ROOT / "stacks" / "hosting" / "Pulumi.dev.yaml").read_text())["config"]
    assert len([key for key in example if key.startswith("langsmith-hybrid:")]) == 4, "the fifth is the secret"
    pulumi.runtime.set_all_config(
        {**example, "langsmith-hybrid:langsmithApiKey": api_key}, ["langsmith-hybrid:langsmithApiKey"]
    )
    assert LangSmithConfig.load().environment == "dev"
