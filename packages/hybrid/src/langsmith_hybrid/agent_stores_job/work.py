"""The order of things: so that wherever it stops, the next run goes on from there and no agent loses what it has."""

from __future__ import annotations

import secrets
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Protocol

from . import names, redis_slots
from .cluster_objects import ClusterObjects
from .databases import Account
from .redis_slots import Token
from .request import PostgresServer, RedisServer, Request

_PASSWORD_BYTES = 32


class PostgresWork(Protocol):
    """What is done in PostgreSQL, with the master user behind it."""

    def make(self, server: PostgresServer, accounts: Sequence[Account]) -> None:
        """Have roles and databases there."""
        ...

    def left_over(self, server: PostgresServer, agents: Sequence[str]) -> list[str]:
        """Databases of other agents."""
        ...


def carry_out(
    request: Request,
    objects: ClusterObjects,
    postgres: PostgresWork,
    token: Token | None,
    say: Callable[[str], None],
) -> None:
    """Give every agent its stores, and its Secret.

    Args:
        request: What is asked for.
        objects: The cluster's Secrets.
        postgres: The database server.
        token: Redis' token, if there is a Redis.
        say: Told what was done; hears no secret.

    Raises:
        JobError: Something has to be seen to.
    """
    home = request.namespaces[0]
    values: dict[str, dict[str, str]] = {agent: {} for agent in request.agents}
    if request.postgres:
        accounts = [_account(objects, home, agent) for agent in request.agents]
        postgres.make(request.postgres, accounts)
        for account in accounts:
            values[account.agent][names.POSTGRES_URI] = account.uri(request.postgres)
    if request.redis and token:
        numbers = _numbers(objects, home, request.redis, request.agents)
        for agent in request.agents:
            values[agent][names.REDIS_URI] = token.uri(request.redis, numbers[agent])
    for agent, stores in values.items():
        for namespace in request.namespaces:
            objects.keep_secret(namespace, names.secret(agent), stores)
        say(f"{agent}: {', '.join(stores)} are in Secret {names.secret(agent)}")
    if request.postgres and (others := postgres.left_over(request.postgres, request.agents)):
        say(f"Kept although no agent is named so: {', '.join(others)}")


def _account(objects: ClusterObjects, namespace: str, agent: str) -> Account:
    """The agent's role with the password it has, or its first; only its Secret knows it."""
    kept = (objects.secret(namespace, names.secret(agent)) or {}).get(names.POSTGRES_URI)
    password = urllib.parse.urlsplit(kept).password if kept else None
    return Account(agent, password or secrets.token_hex(_PASSWORD_BYTES))


def _numbers(objects: ClusterObjects, namespace: str, server: RedisServer, agents: Sequence[str]) -> dict[str, int]:
    """Written down before anything uses them, so that no number is ever given twice."""
    kept = objects.config_map(namespace, names.LEDGER) or {}
    taken = {agent: int(number) for agent, number in kept.items()}
    numbers = redis_slots.assign(taken, agents, server.databases)
    objects.keep_config_map(namespace, names.LEDGER, {agent: str(number) for agent, number in numbers.items()})
    return numbers
