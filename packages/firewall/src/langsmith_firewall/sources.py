"""Whose calls a service shall accept: public addresses, checked against what it takes before anything is asked."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Any

from langsmith_firewall.errors import InputError, Problem
from langsmith_firewall.limits import Limits

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_OWNER = "langsmith-firewall"

_OWNER = re.compile(r"[a-z0-9][a-z0-9./_-]{0,39}")
_LONGEST_DESCRIPTION = 200
_GLOBAL_UNICAST_IPV6 = ipaddress.IPv6Network("2000::/3")
# Public to Python, yet no caller's own address: relays and translators speak for others from them.
_SHARED = (
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ipaddress.ip_network("2001::/32"),  # Teredo, RFC 4380
    ipaddress.ip_network("2002::/16"),  # 6to4, RFC 3056
)


@dataclasses.dataclass(frozen=True)
class AllowedSources:
    """Addresses a service shall accept calls from.

    Attributes:
        cidrs: Ranges in normal form, ``203.0.113.7/32`` for a single address: collapsed as far as the service takes
            it, sorted, each once.
        description: Why they are allowed, for the people who find the entry.
        owner: Who put them there; entries that carry a comment are recognised by it.
    """

    cidrs: tuple[str, ...]
    description: str = ""
    owner: str = DEFAULT_OWNER

    @classmethod
    def parse(cls, values: Any, limits: Limits, *, description: Any = "", owner: Any = DEFAULT_OWNER) -> AllowedSources:
        """Sources a service accepts.

        Args:
            values: Addresses and ranges as text, IPv4 or IPv6.
            limits: What the service accepts.
            description: See the attribute; at most 200 characters.
            owner: See the attribute; lowercase letters, digits and ``./_-``, at most 40.

        Raises:
            InputError: With every problem found.
        """
        cidrs, problems = normalise(values, limits)
        problems += check_words(description, owner)
        if problems:
            raise InputError(problems)
        return cls(tuple(cidrs), description or "", owner)

    @property
    def mark(self) -> str:
        """How the comments of its entries begin."""
        return DEFAULT_OWNER if self.owner == DEFAULT_OWNER else f"{DEFAULT_OWNER} {self.owner}"

    def comment(self, longest: int) -> str:
        """The comment of an entry: the mark, and as much of the description as fits."""
        return f"{self.mark}: {self.description}"[:longest].rstrip(": ") if self.description else self.mark[:longest]

    def marks(self, comment: str | None) -> bool:
        """Whether an entry with this comment was made for these sources."""
        return comment is not None and (comment == self.mark or comment.startswith(f"{self.mark}:"))


def check_words(description: Any, owner: Any) -> list[Problem]:
    """What is wrong with a description and an owner."""
    problems: list[Problem] = []
    if not isinstance(owner, str) or not _OWNER.fullmatch(owner):
        problems.append(
            Problem("owner", f"{owner!r} is not usable. Use lowercase letters, digits and ./_-, at most 40.")
        )
    if description in {None, ""}:
        return problems
    if not isinstance(description, str) or len(description) > _LONGEST_DESCRIPTION or not description.isprintable():
        problems.append(
            Problem("description", f"It is not usable. Write one line of at most {_LONGEST_DESCRIPTION} characters.")
        )
    return problems


def normalise(values: Any, limits: Limits) -> tuple[list[str], list[Problem]]:
    """The ranges in normal form, and what is wrong with them; one of the two is empty."""
    if isinstance(values, str) or not isinstance(values, (list, tuple)):
        return [], [Problem("sources", f"{values!r} is not a list. Give a list of addresses.")]
    if not values:
        return [], [Problem("sources", "The list is empty. Name at least one address; destroy the resource for none.")]
    networks: list[Network] = []
    problems: list[Problem] = []
    for value in values:
        judged = _judge(value, limits)
        if isinstance(judged, str):
            problems.append(Problem("sources", judged))
        else:
            networks.append(judged)
    if limits.one_family and len({network.version for network in networks}) > 1:
        reason = f"IPv4 and IPv6 are mixed. A list of {limits.service} holds one of them: use two lists."
        problems.append(Problem("sources", reason))
    if problems:
        return [], problems
    collapsed = _collapse(networks)
    count = sum(1 << (_fitting(network, limits) - network.prefixlen) for network in collapsed)
    most = limits.most if limits.most_made is None else limits.most_made
    if count > most:
        reason = f"They make {count} entries. {limits.service} takes at most {most}: name fewer or wider ranges."
        return [], [Problem("sources", reason)]
    return [str(part) for network in collapsed for part in _split(network, limits)], []


def _judge(value: Any, limits: Limits) -> Network | str:
    """The range a value names, or what is wrong with it."""
    if not isinstance(value, str):
        return f"{value!r} is not text. Write an address such as 52.10.20.30."
    try:
        network = ipaddress.ip_network(value)
    except ValueError as problem:
        if "host bits set" in str(problem):
            return f"{value!r} has bits beyond its prefix. Write {ipaddress.ip_network(value, strict=False)}."
        return f"{value!r} is no IP address or range. Write one such as 52.10.20.30 or 52.10.20.0/28."
    if network.prefixlen == 0:
        return f"{value} is everybody. Name the addresses your own calls come from."
    lengths = limits.ipv4 if network.version == 4 else limits.ipv6
    if not lengths:
        return f"{value} is IPv{network.version}, which is not supported for {limits.service}. Use IPv4 addresses."
    if network.prefixlen < min(lengths):
        return f"{value} is too wide. Name ranges of /{min(lengths)} or longer prefixes."
    ends = {network.network_address, network.broadcast_address}
    if not all(_is_public(end) for end in ends):
        return (
            f"{value} is private or reserved, so no service ever sees it. Name the public addresses of your gateways."
        )
    return network


def _is_public(address: Address) -> bool:
    if any(address in network for network in _SHARED):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST_IPV6:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _collapse(networks: Iterable[Network]) -> list[Network]:
    """Fewest ranges that hold the same addresses, IPv4 first, in order."""
    ipv4 = ipaddress.collapse_addresses(each for each in networks if isinstance(each, ipaddress.IPv4Network))
    ipv6 = ipaddress.collapse_addresses(each for each in networks if isinstance(each, ipaddress.IPv6Network))
    return [*ipv4, *ipv6]


def _fitting(network: Network, limits: Limits) -> int:
    """The prefix length to write a range with: its own, or the next longer one the service takes."""
    lengths = limits.ipv4 if network.version == 4 else limits.ipv6
    return min(length for length in lengths if length >= network.prefixlen)


def _split(network: Network, limits: Limits) -> Iterator[Network]:
    return network.subnets(new_prefix=_fitting(network, limits))
