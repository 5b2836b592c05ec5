"""What the program is asked to do: written by Pulumi, holds no secret."""

from __future__ import annotations

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class PostgresServer:
    """The PostgreSQL instance, and where its master password is kept.

    Attributes:
        endpoint: ``host:port``.
        secret_arn: Secrets Manager secret RDS keeps the master user's name and password in, and rotates.
        region: AWS region of that secret.
    """

    endpoint: str
    secret_arn: str
    region: str


@dataclasses.dataclass(frozen=True)
class RedisServer:
    """The Redis or Valkey server.

    Attributes:
        endpoint: ``host:port`` of the primary.
        databases: How many numbered databases it has; 0 is the listener's.
    """

    endpoint: str
    databases: int


@dataclasses.dataclass(frozen=True)
class Request:
    """All of it.

    Attributes:
        agents: Names of the agents.
        namespaces: Where each gets its Secret; the first is where the program keeps its memory.
        postgres: None when agents bring their own PostgreSQL; likewise ``redis``.
    """

    agents: tuple[str, ...]
    namespaces: tuple[str, ...]
    postgres: PostgresServer | None
    redis: RedisServer | None

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Read back what :meth:`to_json` wrote."""
        read = json.loads(text)
        return cls(
            agents=tuple(read["agents"]),
            namespaces=tuple(read["namespaces"]),
            postgres=PostgresServer(**read["postgres"]) if read["postgres"] else None,
            redis=RedisServer(**read["redis"]) if read["redis"] else None,
        )

    def to_json(self) -> str:
        """The same request, always the same text: it is part of what decides whether the Job runs again."""
        return json.dumps(dataclasses.asdict(self), indent=2, sort_keys=True)


def split(endpoint: str) -> tuple[str, int]:
    """Host and port of ``host:port``."""
    host, _, port = endpoint.rpartition(":")
    return host, int(port)
