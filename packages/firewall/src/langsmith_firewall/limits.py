"""What each service accepts, as data, with the vendor's page it comes from."""

from __future__ import annotations

import dataclasses

# Nobody's egress needs more than what a registry routes: the longest prefixes the internet carries, and what clouds let
# an account bring of its own. Anything wider in an allow list is a mistake more often than a wish.
WIDEST_IPV4 = 24
WIDEST_IPV6 = 48

_EVERY_IPV4 = frozenset(range(WIDEST_IPV4, 33))
_EVERY_IPV6 = frozenset(range(WIDEST_IPV6, 129))


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one service accepts.

    Attributes:
        service: Its name for people.
        source: The vendor's page.
        most: Entries a list holds, those of others included.
        most_made: Entries to make at once, where that is less: each is a request of its own.
        ipv4: Prefix lengths it accepts of IPv4 ranges; 32 is a single address.
        ipv6: The same of IPv6 ranges; empty where it takes none.
        one_family: A list holds IPv4 or IPv6 entries, never both.
        longest_comment: Characters of the comment an entry may carry; 0 where entries carry none.
        empty_opens: A list without entries lets everybody in, or may: the vendor does not say.
    """

    service: str
    source: str
    most: int
    ipv4: frozenset[int] = _EVERY_IPV4
    ipv6: frozenset[int] = frozenset()
    one_family: bool = False
    longest_comment: int = 0
    empty_opens: bool = False
    most_made: int | None = None


WAF_IP_SET = Limits(
    service="AWS WAF IP set",
    source="https://docs.aws.amazon.com/waf/latest/developerguide/limits.html",
    most=10_000,
    ipv6=_EVERY_IPV6,
    one_family=True,
)
PREFIX_LIST = Limits(
    service="EC2 managed prefix list",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html",
    most=1_000,
    ipv6=_EVERY_IPV6,
    one_family=True,
    longest_comment=255,
)
AZURE_AI = Limits(
    service="Azure AI account",
    source="https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
    most=100,
    # A range of two addresses is refused: each is to be given on its own.
    ipv4=_EVERY_IPV4 - {31},
)
GOOGLE_API_KEY = Limits(
    service="Google API key",
    source="https://cloud.google.com/api-keys/docs/add-restrictions-api-keys",
    most=100,  # the vendor names no number: ours
    ipv6=_EVERY_IPV6,
    empty_opens=True,
)
CLOUDFLARE_LIST = Limits(
    service="Cloudflare IP list",
    source="https://developers.cloudflare.com/waf/tools/lists/custom-lists/",
    most=10_000,
    ipv6=_EVERY_IPV6,
    longest_comment=500,
)
CLOUDFLARE_ACCESS_RULES = Limits(
    service="Cloudflare access rules",
    source="https://developers.cloudflare.com/waf/tools/ip-access-rules/parameters/",
    most=50_000,  # of an account, says the page above that one; Enterprise may have more
    most_made=200,
    ipv4=frozenset({24, 32}),
    ipv6=frozenset({48, 64, 128}),
    longest_comment=500,
)
ATLAS = Limits(
    service="MongoDB Atlas project",
    source="https://www.mongodb.com/docs/atlas/security/ip-access-list/",
    most=200,
    longest_comment=80,
)
SNOWFLAKE = Limits(
    service="Snowflake network rule",
    source="https://docs.snowflake.com/en/sql-reference/sql/alter-network-rule",
    most=1_000,  # the vendor names no number: ours
    empty_opens=True,
)
