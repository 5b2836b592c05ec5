"""The page names every service, field and limit as the code has them."""

from __future__ import annotations

from pathlib import Path

import pytest

import langsmith_firewall
from langsmith_firewall.catalogue import SERVICES

PAGE = (Path(__file__).parents[3] / "docs/firewall.md").read_text()


@pytest.mark.parametrize("kind", SERVICES)
def test_the_page_has_a_row_for_every_service(kind: str) -> None:
    limits = SERVICES[kind].limits
    (changed,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` | `") and "https://" in line]
    assert limits.source in changed, "limits are checked against the vendor's page"
    most = "the list's own maximum" if kind == "aws-prefix-list" else f"{limits.most:,}"
    assert most in changed, "the number the code refuses by"
    assert ("IPv6" in changed) == bool(limits.ipv6), "who has IPv6 gateways must know"
    assert changed.split("`")[3] in langsmith_firewall.__all__, "the component can be imported by that name"


@pytest.mark.parametrize("kind", SERVICES)
def test_the_page_names_every_field_of_a_service(kind: str) -> None:
    (fields,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` | `") and "https://" not in line]
    named = [*SERVICES[kind].target, *SERVICES[kind].options]
    missing = [field for field in named if f"`{field}`" not in fields]
    assert missing == [], "a field nobody can find might as well not exist"
