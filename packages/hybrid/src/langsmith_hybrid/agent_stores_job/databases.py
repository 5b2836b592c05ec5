"""Agents' databases: a role and a database each, which no other agent's role can enter. Nothing is ever dropped."""

from __future__ import annotations

import contextlib
import dataclasses
import urllib.parse
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from . import names
from .errors import JobError
from .master_user import MasterUser
from .request import PostgresServer, split

# What LangSmith lists for an agent's database; each is a trusted extension, which a database's owner may create.
EXTENSIONS = ("btree_gin", "btree_gist", "pgcrypto", "citext", "ltree", "pg_trgm")
# The Agent Server's store searches with it, where the server offers it.
WISHED_FOR = ("vector",)
_MAINTENANCE = "postgres"
_TIMEOUT = 10  # seconds


@dataclasses.dataclass(frozen=True)
class Account:
    """An agent's role."""

    agent: str
    password: str = dataclasses.field(repr=False)

    def uri(self, server: PostgresServer) -> str:
        """The whole URI, with the TLS that RDS insists on."""
        name, password = names.database(self.agent), urllib.parse.quote(self.password, safe="")
        return f"postgres://{name}:{password}@{server.endpoint}/{name}?sslmode=require"


def make(server: PostgresServer, master: MasterUser, accounts: Sequence[Account]) -> None:
    """Have every account's role and database there, with that password.

    Raises:
        JobError: The server refuses, or cannot be reached.
    """
    with _connected(server, master.name, master.password, _MAINTENANCE) as connection:
        for common in (_MAINTENANCE, "template1"):
            connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(common)))
        for account in accounts:
            _make_role(connection, account)
            _make_database(connection, account)
    for account in accounts:
        with _connected(server, master.name, master.password, names.database(account.agent)) as connection:
            _extend(connection)
        # What agents are handed is what was tried.
        with _connected(server, names.database(account.agent), account.password, names.database(account.agent)):
            pass


def left_over(server: PostgresServer, master: MasterUser, agents: Sequence[str]) -> list[str]:
    """Databases of agents that are no longer asked for."""
    with _connected(server, master.name, master.password, _MAINTENANCE) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'agent\\_%' ORDER BY datname")
        wanted = {names.database(agent) for agent in agents}
        return [name for (name,) in rows if name not in wanted]


def _make_role(connection: psycopg.Connection, account: Account) -> None:
    name = names.database(account.agent)
    role = sql.Identifier(name)
    if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", name):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(role))
    # The verifier, not the password: a server that logs statements would write it down.
    verifier = connection.pgconn.encrypt_password(account.password.encode(), name.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(verifier)))
    # Since PostgreSQL 16 whoever makes a role may grant it, but is no member, and may make no database for it.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))


def _make_database(connection: psycopg.Connection, account: Account) -> None:
    name = names.database(account.agent)
    if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", name):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*[sql.Identifier(name)] * 2))
    # Everybody may connect to a new database; its owner keeps that right.
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def _extend(connection: psycopg.Connection) -> None:
    offered = {name for (name,) in connection.execute("SELECT name FROM pg_available_extensions")}
    for extension in (*EXTENSIONS, *(name for name in WISHED_FOR if name in offered)):
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _exists(connection: psycopg.Connection, query: sql.SQL | str, name: str) -> bool:
    return connection.execute(query, (name,)).rowcount > 0  # type: ignore[arg-type] - only literals are passed


@contextlib.contextmanager
def _connected(server: PostgresServer, user: str, password: str, database: str) -> Iterator[psycopg.Connection]:
    """A connection, each statement its own transaction, since databases are made outside of one."""
    host, port = split(server.endpoint)
    try:
        with psycopg.connect(
            host=host, port=port, user=user, password=password, dbname=database,
            sslmode="require", connect_timeout=_TIMEOUT, autocommit=True,
        ) as connection:  # fmt: skip
            yield connection
    except psycopg.Error as problem:
        raise JobError(
            f"PostgreSQL at {host} refuses {user} in the database {database}: {_reason(problem)}.",
            "See the instance's log; what was made so far stays, and the next run goes on from there.",
        ) from None


def _reason(problem: psycopg.Error) -> str:
    """The server's first line; its DETAIL and the statement may quote what must not be seen."""
    said = problem.diag.message_primary or str(problem).strip().partition("\n")[0]
    return said.rstrip(".") or type(problem).__name__
