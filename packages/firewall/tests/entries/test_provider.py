"""The provider as the engine meets it: a small reference, honest plans, and complete outputs."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import dill
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from langsmith_firewall import catalogue
from langsmith_firewall.entries.provider import EntriesProvider
from langsmith_firewall.errors import FirewallError
from langsmith_firewall.limits import PREFIX_LIST
from langsmith_firewall.service import Service
from langsmith_firewall.target import TargetField

if TYPE_CHECKING:
    from conftest import FakeList

UNKNOWN = Unknown()
A, B = "52.10.20.30/32", "52.10.20.40/32"


@pytest.fixture
def wanted(fake: FakeList, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Checked inputs of a service whose list is the fake one."""

    @contextlib.contextmanager
    def opened(_: Mapping[str, str]) -> Iterator[FakeList]:
        yield fake

    service = Service("fake", PREFIX_LIST, {"id": TargetField(r"[a-z]+", "list")}, opened)
    # Inputs name a service by its kind alone, so that a test's own has to be in the catalogue.
    monkeypatch.setattr("langsmith_firewall.entries.inputs.SERVICES", {**catalogue.SERVICES, "fake": service})
    given = {"service": "fake", "target": {"id": "list"}, "sources": ["52.10.20.30"]}
    return EntriesProvider().check({}, given).inputs


def test_the_pickle_is_a_bare_reference_to_a_frozen_path() -> None:
    pickled = base64.b64decode(serialize_provider(EntriesProvider()))
    assert len(pickled) < 100, "by value it would change with every edit, and show as a change of the entries"
    assert b"langsmith_firewall.entries.provider" in pickled, "stacks in the field know it by this module"
    assert isinstance(dill.loads(pickled), EntriesProvider), "the reference must resolve"  # noqa: S301 - our own
    assert EntriesProvider.serialize_as_secret_always is False, "as a secret it would be encrypted anew each time"


def test_check_brings_inputs_into_one_form(wanted: dict[str, Any]) -> None:
    assert wanted == {
        "service": "fake",
        "target": {"id": "list"},
        "sources": [A],
        "description": "",
        "owner": "langsmith-firewall",
        "close_open": False,
    }, "the same wish must never look like a change"


def test_check_tells_every_problem_with_its_property(wanted: dict[str, Any]) -> None:
    bad = {**wanted, "target": {"id": "7", "x": "y"}, "sources": ["10.0.0.1"], "owner": "A", "close_open": "yes"}
    failures = EntriesProvider().check({}, bad).failures
    assert [each.property for each in failures] == ["x", "id", "sources", "owner", "close_open"], "all at once"
    (failure,) = EntriesProvider().check({}, {**wanted, "service": "telepathy"}).failures
    assert "is no service. Use one of: mongodb-atlas" in failure.reason, "with those there are"


@pytest.mark.parametrize("name", ["target", "sources", "description", "owner", "close_open"])
def test_what_is_not_known_yet_passes_and_counts_as_a_change(wanted: dict[str, Any], name: str) -> None:
    checked = EntriesProvider().check({}, {**wanted, name: UNKNOWN})
    assert (checked.failures, checked.inputs[name]) == ([], UNKNOWN), "a preview of a first run must work"
    assert EntriesProvider().diff("id", wanted, checked.inputs).changes, "a plan promises no less"


def test_addresses_change_in_place_and_another_list_is_another_resource(wanted: dict[str, Any]) -> None:
    provider = EntriesProvider()
    assert not provider.diff("id", {**wanted, "added": [A], "restricts": True}, wanted).changes, "nothing to do"
    moved = provider.diff("id", wanted, {**wanted, "sources": [B]})
    assert (moved.changes, moved.replaces) == (True, []), "in place, where the order is ours"
    other = provider.diff("id", wanted, {**wanted, "target": {"id": "other"}})
    assert (other.replaces, other.delete_before_replace) == (["target"], False), "the new list first"
    assert provider.diff("id", {**wanted, "restricts": False}, wanted).changes, "somebody opened the account"


def test_the_life_of_entries(fake: FakeList, wanted: dict[str, Any]) -> None:
    provider = EntriesProvider()
    made = provider.create(wanted)
    assert made.outs is not None
    assert made.outs == {**wanted, "added": [A], "restricts": True}, "the engine forgets what it is not given"
    changed = provider.update(made.id, made.outs, {**wanted, "sources": [B]})
    assert changed.outs is not None
    assert changed.outs["added"] == [B], "what destroy has to remove"
    provider.delete(made.id, changed.outs)
    assert set(fake.entries) == {"54.1.2.0/24"}, "as it was found"


def test_reading_shows_what_is_left_so_that_the_next_run_restores_it(fake: FakeList, wanted: dict[str, Any]) -> None:
    provider = EntriesProvider()
    made = provider.create(wanted)
    assert made.outs is not None
    del fake.entries[A]
    seen = provider.read(made.id, made.outs)
    assert seen.outs is not None
    assert seen.outs["added"] == [], "somebody removed it"
    assert provider.diff(made.id, seen.outs, wanted).changes, "the next run puts it back"
    fake.gone = True
    assert not provider.read(made.id, made.outs).id, "an empty id tells the engine that it is gone"


def test_an_error_leaves_as_one_sentence_without_a_chain(fake: FakeList, wanted: dict[str, Any]) -> None:
    fake.restricts = False
    with pytest.raises(FirewallError, match="open to everybody") as failure:
        EntriesProvider().create(wanted)
    assert failure.value.__suppress_context__, "the engine prints every cause it finds"


def test_the_id_is_the_same_for_the_same_list_and_owner(wanted: dict[str, Any]) -> None:
    first = EntriesProvider().create(wanted).id
    assert EntriesProvider().create({**wanted, "sources": [B]}).id == first, "addresses are not identity"
    assert EntriesProvider().create({**wanted, "owner": "team-a"}).id != first, "whose they are is"
