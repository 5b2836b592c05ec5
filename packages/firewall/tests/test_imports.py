"""The package alone needs no vendor's package; each extra is declared and named where it is missing."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import langsmith_firewall
from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.errors import MissingExtraError

PACKAGE = Path(__file__).parents[1]
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
# Hides the modules on standard input, as if what installs them were not there.
ALONE = """
import json, sys

hidden = set(json.load(sys.stdin))

class Alone:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Alone)
"""
OPEN_ALL = """
import langsmith_firewall, langsmith_firewall.stack
from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.errors import FirewallError

for kind, service in SERVICES.items():
    target = {name: field.default or field.example for name, field in service.target.items()}
    try:
        with service.open(target):
            print(kind, "opened")
    except FirewallError as error:
        print(kind, type(error).__name__)
print("loaded", *sys.modules)
"""
# Where the vendors' own packages look for credentials, they find none, and without asking the network.
ENVIRONMENT = {
    "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",
    "NO_GCE_CHECK": "true",
    "CLOUDFLARE_API_TOKEN": "token",
    "SNOWFLAKE_TOKEN": "token",
    "MONGODB_ATLAS_PUBLIC_API_KEY": "key",
    "MONGODB_ATLAS_PRIVATE_API_KEY": "key",
    "AWS_REGION": "us-east-1",
}
TOKENS_ALONE = {
    "mongodb-atlas": "opened",
    "cloudflare-access-rules": "opened",
    "cloudflare-ip-list": "opened",
    "snowflake-network-rule": "opened",
}
MISSING = {
    "aws-prefix-list": "MissingExtraError",
    "aws-waf-ip-set": "MissingExtraError",
    "azure-ai": "MissingExtraError",
    "google-api-key": "MissingExtraError",
}


def _brought_by(requirements: Iterable[str]) -> set[str]:
    """The distributions that come with these, as an installer would resolve them."""
    found: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        names = {canonicalize_name(wanted.name), *(f"{canonicalize_name(wanted.name)}[{x}]" for x in wanted.extras)}
        if names <= found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        found |= names
        for each in map(Requirement, importlib.metadata.requires(wanted.name) or ()):
            if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras)):
                each.marker = None
                waiting.append(each)
    return {name for name in found if "[" not in name}


def _modules(distribution: importlib.metadata.Distribution) -> set[str]:
    """What it installs, as deep as two distributions share a package (`azure`, `google`)."""
    parts = [file.with_suffix("").parts for file in distribution.files or () if file.suffix in {".py", ".so"}]
    return {".".join(part[:depth]) for part in parts for depth in (1, 2)}


@functools.cache
def _installed() -> dict[str, set[str]]:
    """Modules of every distribution but ours; there are tens of thousands of files to read of."""
    found: dict[str, set[str]] = {}
    for each in importlib.metadata.distributions():
        if not each.name.startswith("langsmith-"):
            found.setdefault(canonicalize_name(each.name), set()).update(_modules(each))
    return found


def _alone(*extras: str) -> tuple[dict[str, str], set[str]]:
    """How opening each service ends where only the package and these extras are installed, and what was imported."""
    wanted = [*PROJECT["dependencies"], *(each for extra in extras for each in PROJECT["optional-dependencies"][extra])]
    brought = _brought_by(wanted)
    here = set[str]().union(*(modules for name, modules in _installed().items() if name in brought))
    hidden = set[str]().union(*(modules for name, modules in _installed().items() if name not in brought)) - here
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | ENVIRONMENT
    answer = subprocess.run(
        [sys.executable, "-c", ALONE + OPEN_ALL],
        input=json.dumps(sorted(hidden)),
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    *lines, loaded = answer.stdout.splitlines()
    return dict(line.split() for line in lines), set(loaded.split())


def test_the_package_alone_works_and_names_the_extras_it_lacks() -> None:
    outcome, loaded = _alone()
    assert outcome == {**TOKENS_ALONE, **MISSING}, "who opens one service need not install five"
    assert not loaded & {"boto3", "botocore", "azure", "google.auth", "requests", "pulumi_aws"}, "nor load them"


@pytest.mark.parametrize(
    ("extra", "outcome"),
    [
        ("aws", {"aws-prefix-list": "opened", "aws-waf-ip-set": "opened"}),
        ("azure", {"azure-ai": "CredentialsError"}),
        ("google", {"google-api-key": "CredentialsError"}),
    ],
)
def test_each_extra_works_alone(extra: str, outcome: dict[str, str]) -> None:
    assert _alone(extra)[0] == {**TOKENS_ALONE, **MISSING, **outcome}, "its packages are found, and no other's"


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
