"""The control plane's memory: all or nothing, ordered, sealed, and honest when it cannot be read."""

from __future__ import annotations

import uuid

import pytest

from langsmith_sandbox.control_plane.errors import StateUnreadableError
from langsmith_sandbox.control_plane.records import TracingProject
from langsmith_sandbox.control_plane.store import Store

TENANT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


def put(store, name, tenant=TENANT):
    with store.transaction():
        store.projects.put(name, tenant, TracingProject(tenant, name))


def names(store, tenant=TENANT):
    return [project.name for project in store.projects.of(tenant)]


def test_records_come_in_the_order_they_were_first_put_and_per_owner(store):
    for name in ("b", "a", "c"):
        put(store, name)
    put(store, "elsewhere", OTHER)
    put(store, "b")
    assert names(store) == ["b", "a", "c"], "replacing a record leaves it in its place"
    assert names(store, OTHER) == ["elsewhere"]


def test_a_transaction_that_fails_leaves_nothing_behind(store):
    def half_done():
        with store.transaction():
            store.projects.put("half", TENANT, TracingProject(TENANT, "half"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert names(store) == []
    put(store, "next")
    assert names(store) == ["next"], "the store is usable afterwards"


def test_removing_what_is_not_there_is_no_error(store):
    with store.transaction():
        store.projects.remove("nothing", TENANT)
    assert store.projects.get("nothing", TENANT) is None


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("key", b"damaged", "damaged"),
        ("key", b"A" * 43 + b"=", "another key"),
        ("records.sqlite", b"this is no database" * 100, "damaged"),
    ],
)
def test_state_that_cannot_be_read_is_said_at_the_start_with_the_remedy(store, tmp_path, file, content, why):
    put(store, "kept")
    store.close()
    (tmp_path / file).write_bytes(content)
    with pytest.raises(StateUnreadableError, match=why) as refusal:
        Store(tmp_path)
    assert "langsmith-sandbox reset" in refusal.value.remedy


def test_records_of_another_version_are_said_without_showing_them(store, tmp_path):
    put(store, "canary")
    # A record whose fields are not those this program knows for its collection.
    store._connection.execute("UPDATE records SET collection = 'listeners'")
    with pytest.raises(StateUnreadableError, match="another version") as refusal:
        Store(tmp_path)
    assert "canary" not in str(refusal.value)
