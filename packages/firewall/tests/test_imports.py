"""The package alone needs no vendor's package; each extra is declared and named where it is missing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import langsmith_firewall
from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.errors import MissingExtraError

PACKAGE = Path(__file__).parents[1]
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
VENDORS = ("boto3", "botocore", "azure", "google.auth", "cloudflare", "pymongo", "snowflake", "requests", "pulumi_aws")


def test_importing_everything_imports_no_vendors_package() -> None:
    program = (
        "import sys, langsmith_firewall, langsmith_firewall.catalogue, langsmith_firewall.stack; print(*sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.split())
    assert not loaded & set(VENDORS), "who opens one service need not install five"


def test_it_imports_with_nothing_but_its_own_dependencies() -> None:
    blocked = f"import sys; sys.modules.update(dict.fromkeys({VENDORS!r}))"
    program = (
        f"{blocked}; import langsmith_firewall; from langsmith_firewall.catalogue import SERVICES; print(len(SERVICES))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "8", "all services are known without any vendor's package"


@pytest.mark.parametrize(
    ("kind", "module", "extra"),
    [
        ("aws-waf-ip-set", "boto3", "aws"),
        ("aws-prefix-list", "boto3", "aws"),
        ("azure-ai", "azure.identity", "azure"),
        ("google-api-key", "google.auth", "google"),
    ],
)
def test_a_missing_vendors_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, kind: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    target = {
        "endpoint": "https://vendor.test",
        "scope": "REGIONAL",
        "ipSetName": "a",
        "ipSetId": "a",
        "accountId": "/a",
    }
    with pytest.raises(MissingExtraError, match=rf"Install langsmith-firewall\[{extra}\]"):
        SERVICES[kind].open(target).__enter__()


def test_every_service_has_its_extra_and_the_base_has_none_of_them() -> None:
    extras = PROJECT["optional-dependencies"]
    assert set(extras) == {"atlas", "aws", "azure", "cloudflare", "google", "snowflake"}, "one for each vendor"
    assert [each.split("=")[0].rstrip(">") for each in PROJECT["dependencies"]] == ["httpx2", "pulumi"], "and no more"
    for vendor, dependencies in extras.items():
        assert all("langsmith" not in each for each in dependencies), f"{vendor} pulls in no other extra"


def test_the_public_names_are_sorted_and_exist() -> None:
    assert list(langsmith_firewall.__all__) == sorted(langsmith_firewall.__all__), "easy to find"
    assert all(hasattr(langsmith_firewall, name) for name in langsmith_firewall.__all__), "and true"
