"""What an IP set may hold: ranges of its family in CIDR notation, ten thousand at most."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from langsmith_sandbox.aws.wafv2.errors import invalid, over_limit

_MOST = 10_000  # https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
_FORMAT = "The parameter contains formatting that is not valid."
_FAMILY = {"IPV4": 4, "IPV6": 6}


def check_addresses(addresses: Sequence[str], version: str) -> None:
    """Refuses what AWS refuses: no prefix length, bits beyond it, ``/0``, the other family, too many."""
    if version not in _FAMILY:
        raise invalid("The parameter value isn't one of the valid values.", "IP_ADDRESS_VERSION", version)
    if len(addresses) > _MOST:
        raise over_limit()
    for address in addresses:
        try:
            network = ipaddress.ip_network(address)
        except ValueError:
            raise invalid(_FORMAT, "IP_ADDRESS", address) from None
        if "/" not in address or network.prefixlen == 0 or network.version != _FAMILY[version]:
            raise invalid(_FORMAT, "IP_ADDRESS", address)
