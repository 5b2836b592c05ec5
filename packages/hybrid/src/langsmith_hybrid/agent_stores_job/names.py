"""Names agents' stores go by."""

from __future__ import annotations

POSTGRES_URI = "POSTGRES_URI_CUSTOM"
REDIS_URI = "REDIS_URI_CUSTOM"
# Where the program remembers which agent has which Redis database, also for agents that are gone.
LEDGER = "agent-stores"


def database(agent: str) -> str:
    """Database and role of an agent.

    The prefix keeps an agent named ``postgres`` off the server's own; dashes would have to be quoted in every query a
    person types, and no agent has underscores of its own.
    """
    return f"agent_{agent.replace('-', '_')}"


def secret(agent: str) -> str:
    """The Secret an agent's URIs are in."""
    return f"{agent}-stores"
