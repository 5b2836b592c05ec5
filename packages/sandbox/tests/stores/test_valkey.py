"""The Valkey behind a replication group."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.stores.engines import Store, StoreEngines
from langsmith_sandbox.stores.store_place import StorePlace
from langsmith_sandbox.stores.wanted import VALKEY, WantedStore

if TYPE_CHECKING:
    from conftest import Running


def wanted(*tokens: str) -> WantedStore:
    return WantedStore(VALKEY, secrets=tokens, databases=128)


def ask(place: StorePlace, token: str, *commands: str) -> list[str]:
    """The answers, the one to AUTH first."""
    context = ssl.create_default_context(cafile=str(place.folder / "ca.crt"))
    line = socket.create_connection((place.address, 6379), timeout=10)
    with line, context.wrap_socket(line, server_hostname=place.address) as secure:
        secure.sendall("".join(f"{command}\r\n" for command in (f"AUTH {token}", *commands, "QUIT")).encode())
        said = b"".join(iter(lambda: secure.recv(4096), b""))
    return said.decode().split("\r\n")[:-2]


@pytest.fixture(scope="module")
def store(engines: StoreEngines, tmp_path_factory: pytest.TempPathFactory) -> Store:
    # As deep as a folder may be in which a socket's path would be too long.
    return engines.store(VALKEY, tmp_path_factory.mktemp("valkey") / ("d" * 60) / ("e" * 60), name="cache")


@pytest.fixture(scope="module")
def place(store: Store, running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorePlace]:
    log = tmp_path_factory.mktemp("log") / "log"
    with running(store, wanted("first"), log) as found:
        yield found


def test_the_token_opens_as_many_databases_as_were_asked_for(place: StorePlace) -> None:
    assert ask(place, "first", "SELECT 127", "SET here 1") == ["+OK", "+OK", "+OK"]
    assert ask(place, "first", "SELECT 128")[1].startswith("-ERR")


def test_what_elasticache_keeps_to_itself_is_kept_here(place: StorePlace) -> None:
    assert ask(place, "first", "CONFIG GET dir")[1].startswith("-NOPERM")


def test_a_wrong_token_and_the_clear_are_refused(place: StorePlace) -> None:
    assert ask(place, "wrong", "GET here")[0].startswith("-WRONGPASS")
    with socket.create_connection((place.address, 6379), timeout=10) as line:
        line.sendall(b"PING\r\n")
        assert b"PONG" not in line.recv(4096)


def test_a_rotated_token_is_taken_beside_the_last_one_until_it_stands_alone(store: Store, place: StorePlace) -> None:
    store.change(place, wanted("first", "second"))
    assert [ask(place, token)[0] for token in ("first", "second")] == ["+OK", "+OK"]
    store.change(place, wanted("second"))
    assert ask(place, "first")[0].startswith("-WRONGPASS")
    assert ask(place, "second", "SELECT 127", "GET here")[2:] == ["$1", "1"], "no data is lost by it"
    store.prepare(wanted())
    store.change(place, wanted("first"))


def test_no_token_is_written_down(place: StorePlace) -> None:
    for file in place.folder.iterdir():
        if file.is_file():
            assert b"first" not in file.read_bytes(), file.name


def test_a_restart_lets_in_whom_the_server_let_in(store: Store, place: StorePlace) -> None:
    users = Path(place.folder / "users.acl")
    before = users.read_text()
    store.prepare(wanted())
    assert users.read_text() == before, "what is remembered of a store holds no secrets"
