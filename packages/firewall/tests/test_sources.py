"""Every address that must not get onto a list is refused with a sentence, and the rest takes one form."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_firewall.errors import InputError
from langsmith_firewall.limits import (
    ATLAS,
    AZURE_AI,
    CLOUDFLARE_ACCESS_RULES,
    CLOUDFLARE_LIST,
    GOOGLE_API_KEY,
    PREFIX_LIST,
    SNOWFLAKE,
    WAF_IP_SET,
    Limits,
)
from langsmith_firewall.sources import AllowedSources

EVERY = (
    ATLAS,
    AZURE_AI,
    CLOUDFLARE_ACCESS_RULES,
    CLOUDFLARE_LIST,
    GOOGLE_API_KEY,
    PREFIX_LIST,
    SNOWFLAKE,
    WAF_IP_SET,
)
PUBLIC_IPV6 = "2a05:d014:1:2::3"


def _apart(count: int) -> list[str]:
    """That many addresses which do not collapse."""
    return [f"52.{n // 16000}.{n // 120 % 200}.{n % 120 * 2}" for n in range(count)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("10.0.0.1", "private or reserved"),
        ("10.20.0.0/24", "private or reserved"),
        ("172.16.5.4", "private or reserved"),
        ("172.31.255.0/24", "private or reserved"),
        ("192.168.1.1", "private or reserved"),
        ("100.64.0.1", "private or reserved"),
        ("127.0.0.1", "private or reserved"),
        ("169.254.169.254", "private or reserved"),
        ("192.0.2.7", "private or reserved"),
        ("198.51.100.7", "private or reserved"),
        ("203.0.113.7", "private or reserved"),
        ("198.18.0.1", "private or reserved"),
        ("192.88.99.1", "private or reserved"),
        ("224.0.0.1", "private or reserved"),
        ("239.255.255.250", "private or reserved"),
        ("240.0.0.1", "private or reserved"),
        ("255.255.255.255", "private or reserved"),
        ("0.0.0.1", "private or reserved"),
        ("0.0.0.0/0", "is everybody"),
        ("52.0.0.0/8", "is too wide"),
        ("52.10.0.0/16", "is too wide"),
        ("52.10.20.0/23", "is too wide"),
        ("0.0.0.0/1", "is too wide"),
        ("52.10.20.30/24", "Write 52.10.20.0/24"),
        ("52.10.20.300", "no IP address"),
        ("52.10.20", "no IP address"),
        ("52.10.20.030", "no IP address"),
        ("52.10.20.30/33", "no IP address"),
        ("52.10.20.30/-1", "no IP address"),
        ("52.10.20.30-52.10.20.40", "no IP address"),
        ("52.10.20.30, 52.10.20.40", "no IP address"),
        ("52.10.20.30:443", "no IP address"),
        ("https://52.10.20.30", "no IP address"),
        ("nat.example.com", "no IP address"),
        ("*", "no IP address"),
        (" ", "no IP address"),
        ("", "no IP address"),
        (875566110, "is not text"),
        (None, "is not text"),
        (["52.10.20.30"], "is not text"),
    ],
)
def test_an_address_no_list_may_hold_is_refused_for_every_service(value: Any, reason: str) -> None:
    for limits in EVERY:
        with pytest.raises(InputError, match=reason) as failure:
            AllowedSources.parse([value], limits)
        assert len(failure.value.problems) == 1, "one sentence says it"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("::/0", "is everybody"),
        ("::1", "private or reserved"),
        ("fe80::1", "private or reserved"),
        ("fd00::1", "private or reserved"),
        ("ff02::1", "private or reserved"),
        ("2001:db8::1", "private or reserved"),
        ("2001:0:1::1", "private or reserved"),
        ("2002:a00:1::1", "private or reserved"),
        ("64:ff9b::a00:1", "private or reserved"),
        ("::ffff:10.0.0.1", "private or reserved"),
        ("::ffff:52.10.20.30", "private or reserved"),
        ("2a05:d000::/24", "is too wide"),
        ("2a05:d014::/32", "is too wide"),
        ("fe80::1%eth0", "private or reserved"),
    ],
)
def test_an_ipv6_address_no_list_may_hold_is_refused(value: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        AllowedSources.parse([value], GOOGLE_API_KEY)


@pytest.mark.parametrize("limits", [AZURE_AI, ATLAS, SNOWFLAKE], ids=lambda limits: limits.service)
def test_ipv6_is_refused_where_it_is_not_supported(limits: Limits) -> None:
    with pytest.raises(InputError, match=f"IPv6, which is not supported for {limits.service}"):
        AllowedSources.parse([PUBLIC_IPV6], limits)


@pytest.mark.parametrize("limits", [WAF_IP_SET, PREFIX_LIST], ids=lambda limits: limits.service)
def test_mixed_families_are_refused_where_a_list_holds_one(limits: Limits) -> None:
    with pytest.raises(InputError, match="use two lists"):
        AllowedSources.parse(["52.10.20.30", PUBLIC_IPV6], limits)


@pytest.mark.parametrize("limits", EVERY, ids=lambda limits: limits.service)
def test_more_entries_than_the_service_holds_are_refused(limits: Limits) -> None:
    most = limits.most_made or limits.most
    assert len(AllowedSources.parse(_apart(most), limits).cidrs) == most, "the limit itself is fine"
    with pytest.raises(InputError, match=f"takes at most {most}"):
        AllowedSources.parse(_apart(most + 1), limits)


@pytest.mark.parametrize("values", [[], (), None, "52.10.20.30", {"52.10.20.30": ""}, 7])
def test_what_is_no_list_of_addresses_is_refused(values: Any) -> None:
    with pytest.raises(InputError, match=r"is not a list|is empty"):
        AllowedSources.parse(values, WAF_IP_SET)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"owner": ""}, "owner"),
        ({"owner": "Team A"}, "owner"),
        ({"owner": "a" * 41}, "owner"),
        ({"owner": None}, "owner"),
        ({"description": "two\nlines"}, "description"),
        ({"description": "x" * 201}, "description"),
        ({"description": 7}, "description"),
    ],
)
def test_words_that_would_not_fit_a_comment_are_refused(words: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        AllowedSources.parse(["52.10.20.30"], WAF_IP_SET, **words)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InputError) as failure:
        AllowedSources.parse(["10.0.0.1", "52.10.20.30", "0.0.0.0/0"], WAF_IP_SET, owner="Team A")
    assert [each.property for each in failure.value.problems] == ["sources", "sources", "owner"], "one run shows all"
    assert "3 problems" in str(failure.value), "and says how many"


def test_addresses_take_one_form_each_once_and_collapsed() -> None:
    given = ["52.10.20.31", "52.10.20.30/32", "52.10.20.30", "52.10.20.0/28", "52.10.20.3"]
    assert AllowedSources.parse(given, WAF_IP_SET).cidrs == ("52.10.20.0/28", "52.10.20.30/31"), "fewest entries"


def test_ranges_a_service_does_not_take_are_written_as_those_it_does() -> None:
    assert AllowedSources.parse(["52.10.20.30", "52.10.20.31"], AZURE_AI).cidrs == (
        "52.10.20.30/32",
        "52.10.20.31/32",
    ), "Azure refuses a range of two"
    assert len(AllowedSources.parse(["52.10.20.0/28"], CLOUDFLARE_ACCESS_RULES).cidrs) == 16, "Cloudflare: /24 or one"
    assert AllowedSources.parse(["52.10.20.0/24", "52.10.21.0/24"], WAF_IP_SET).cidrs == (
        "52.10.20.0/24",
        "52.10.21.0/24",
    ), "collapsing must not make what would be refused"


def test_a_range_that_would_become_countless_addresses_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="takes at most"):
        AllowedSources.parse(["2a05:d014:1:2::/65"], CLOUDFLARE_ACCESS_RULES)


def test_every_limit_names_its_page() -> None:
    assert all(limits.source.startswith("https://") for limits in EVERY), "numbers without a source cannot be checked"
    assert len({limits.source for limits in EVERY}) == len(EVERY), "each service has its own"


def test_comments_are_recognised_by_owner_and_never_by_prefix() -> None:
    ours = AllowedSources(("52.10.20.30/32",), "NAT of the agents", "team-a")
    assert ours.comment(255) == "langsmith-firewall team-a: NAT of the agents", "people read it"
    assert ours.comment(30) == "langsmith-firewall team-a: NAT", "cut where the service ends"
    assert ours.marks(ours.comment(255)), "it is ours"
    assert not ours.marks("langsmith-firewall team-ab: x"), "another owner whose name begins alike"
    assert not AllowedSources((), "").marks("langsmith-firewall team-a: x"), "the default owner owns only its own"
    assert not ours.marks(None), "no comment, no claim"
