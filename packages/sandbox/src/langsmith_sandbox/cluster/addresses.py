"""Pod addresses: every Pod has a loopback address of its own, so that each can listen on the port it documents."""

from __future__ import annotations

import hashlib
import ipaddress

# 127.64.0.0/10: away from 127.0.0.1, where people's programs listen, and from 127.0.0.53, where resolvers do.
POD_NETWORK = ipaddress.IPv4Network("127.64.0.0/10")


def pod_address(uid: str) -> str:
    """The address of the Pod with this uid.

    Worked out from the uid, so that it needs no memory, survives a restart of the node agent, and differs between
    clusters and between sandboxes of one machine.
    """
    size = POD_NETWORK.num_addresses
    number = int.from_bytes(hashlib.sha256(uid.encode()).digest()[:8], "big") % (size - 2) + 1
    return str(POD_NETWORK[number])
