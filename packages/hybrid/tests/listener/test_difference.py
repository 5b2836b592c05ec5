"""What a change of inputs means: nothing, an update, or another listener."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import Unknown

from langsmith_hybrid.listener.difference import difference

ID = "6a1f0f6e-0000-4000-8000-000000000001"
UNKNOWN = Unknown()
STATE: dict[str, Any] = {
    "workspace_id": "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11",
    "compute_id": "hybrid",
    "namespaces": ["agents", "beta"],
    "delete_adopted": False,
    "api_key_fingerprint": "0123456789ab",
    "listener_id": ID,
    "adopted": True,
    "version": "0.16.36",
}


def _compare(**changes: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    inputs = {name: value for name, value in STATE.items() if name not in {"listener_id", "adopted", "version"}}
    found = difference(ID, STATE, {**inputs, **changes})
    return found.changed, found.replaces


@pytest.mark.parametrize(
    "changes",
    [{}, {"namespaces": ["beta", "agents"]}, {"delete_adopted": None}, {"control_plane_url": None}],
    ids=["nothing", "order", "default", "absent"],
)
def test_what_means_the_same_is_no_change(changes: dict[str, Any]) -> None:
    assert _compare(**changes) == ((), ()), "a second run must change nothing"


@pytest.mark.parametrize(
    ("name", "value"),
    [("namespaces", ["agents"]), ("delete_adopted", True), ("api_key_fingerprint", "ffffffffffff")],
)
def test_what_can_change_in_place_is_an_update(name: str, value: Any) -> None:
    assert _compare(**{name: value}) == ((name,), ()), "replacing would detach every deployment"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workspace_id", "00000000-0000-4000-8000-000000000000"),
        ("compute_id", "other"),
        ("control_plane_url", "https://eu.api.host.langchain.com"),
        ("existing_id", "00000000-0000-4000-8000-000000000000"),
    ],
)
def test_another_identity_is_another_listener(name: str, value: Any) -> None:
    assert _compare(**{name: value}) == ((name,), (name,)), "the control plane cannot change it"


def test_naming_the_listener_it_already_is_changes_nothing_but_the_record() -> None:
    assert _compare(existing_id=ID) == (("existing_id",), ()), "pinning an adopted listener must not replace it"


@pytest.mark.parametrize("name", ["workspace_id", "compute_id"])
def test_an_identity_not_known_yet_shows_as_a_replacement(name: str) -> None:
    assert _compare(**{name: UNKNOWN}) == ((name,), (name,)), "a plan must not promise less than may happen"


@pytest.mark.parametrize("value", [UNKNOWN, ["agents", UNKNOWN]])
def test_namespaces_not_known_yet_show_as_an_update(value: Any) -> None:
    assert _compare(namespaces=value) == (("namespaces",), ()), "no comparison with a sentinel"
