"""The PostgreSQL behind an RDS instance, and what the Job of the agents' stores makes in it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from langsmith_hybrid.agent_stores_job import databases
from langsmith_hybrid.agent_stores_job.databases import EXTENSIONS, Account
from langsmith_hybrid.agent_stores_job.errors import JobError
from langsmith_hybrid.agent_stores_job.master_user import MasterUser
from langsmith_hybrid.agent_stores_job.request import PostgresServer
from langsmith_sandbox.stores.engines import StoreEngines
from langsmith_sandbox.stores.postgres import PORT, PostgresStore
from langsmith_sandbox.stores.store_place import StorePlace
from langsmith_sandbox.stores.wanted import POSTGRES, WantedStore

if TYPE_CHECKING:
    from conftest import Running

PASSWORD = "it's the first"
ACCOUNTS = [Account("one-a", "pässword/1"), Account("two", "password2")]


class Instance:
    """A running server of this module, and its log."""

    def __init__(self, server: PostgresServer, log: Path) -> None:
        self.server = server
        self.log = log
        self.master = MasterUser("langsmith", PASSWORD)

    def enter(self, account: Account, database: str, **options: str) -> psycopg.Connection:
        uri = account.uri(self.server)
        name = uri.rpartition("/")[2].partition("?")[0]
        return psycopg.connect(uri.replace(f"/{name}?", f"/{database}?"), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def instance(engines: StoreEngines, running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("postgres")
    store = engines.store(POSTGRES, folder / "db", name="db")
    log = folder / "log"
    with running(store, WantedStore(POSTGRES, "langsmith", (PASSWORD,)), log) as place:
        made = Instance(PostgresServer(f"{place.address}:5432", "arn", "eu-west-1"), log)
        databases.make(made.server, made.master, ACCOUNTS)
        yield made
        rotated = "another one"
        store.change(place, WantedStore(POSTGRES, "langsmith", (rotated,)))
        with pytest.raises(JobError, match="password authentication failed"):
            databases.make(made.server, made.master, ACCOUNTS)
        databases.make(made.server, MasterUser("langsmith", rotated), ACCOUNTS)


def test_an_agent_owns_a_database_with_every_extension_langsmith_lists(instance: Instance) -> None:
    with instance.enter(ACCOUNTS[0], "agent_one_a") as connection:
        present = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        connection.execute("CREATE SCHEMA its_own")
        connection.execute("CREATE TABLE public.thing (id int)")
    assert set(EXTENSIONS) <= present


@pytest.mark.parametrize("database", ["agent_two", "postgres", "template1"])
def test_no_agent_enters_another_database(instance: Instance, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        instance.enter(ACCOUNTS[0], database)


def test_doing_it_again_changes_nothing_an_agent_has(instance: Instance) -> None:
    with instance.enter(ACCOUNTS[1], "agent_two") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    databases.make(instance.server, instance.master, ACCOUNTS)
    with instance.enter(ACCOUNTS[1], "agent_two") as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


def test_databases_of_agents_that_are_gone_are_named(instance: Instance) -> None:
    assert databases.left_over(instance.server, instance.master, ["two"]) == ["agent_one_a"]


def test_nothing_is_said_without_tls_and_no_role_is_a_superuser(instance: Instance) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(ACCOUNTS[0].uri(instance.server).replace("sslmode=require", "sslmode=disable"))
    with instance.enter(ACCOUNTS[0], "agent_one_a") as connection:
        supers = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall()
    assert supers == [("rdsadmin",)], "the master user is none, as on RDS: what it cannot do there must fail here"


def test_no_password_is_in_the_servers_log_even_if_it_logs_every_statement(instance: Instance) -> None:
    with instance.enter(ACCOUNTS[0], "agent_one_a") as connection, pytest.raises(psycopg.Error):
        connection.execute("SET log_statement = 'all'")
    account = Account("three", "s3cr3t-in-a-statement")
    databases.make(instance.server, instance.master, [account])
    with psycopg.connect(account.uri(instance.server)) as connection:
        (verifier,) = connection.execute("SELECT current_setting('password_encryption')").fetchone() or ("",)
    assert verifier == "scram-sha-256"
    assert not [each for each in (PASSWORD, account.password) if each in instance.log.read_text()]


@pytest.mark.parametrize(("status", "ready"), [("starting", False), ("ready   ", True), ("stopping", False)])
def test_a_server_that_listens_is_not_ready_before_it_says_so(tmp_path: Path, status: str, ready: bool) -> None:
    place = StorePlace.prepare(tmp_path, PORT)
    (part,) = PostgresStore(tmp_path, tmp_path, "db").parts(place)
    said = tmp_path / "data" / "postmaster.pid"
    said.parent.mkdir()
    said.write_text(f"1\n{said.parent}\n1795381406\n{PORT}\n\n{place.address}\n 12050534     98326\n{status}\n")
    assert part.ready() is False, "nobody listens: an earlier server left the file"
    with socket.create_server((place.address, PORT)):
        assert part.ready() is ready
