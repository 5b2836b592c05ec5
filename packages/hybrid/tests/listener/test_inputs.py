"""Inputs are judged one by one, before anything is asked of anybody."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import Unknown

from langsmith_hybrid.listener.inputs import ListenerInputs, check

UNKNOWN = Unknown()
GOOD: dict[str, Any] = {
    "workspace_id": "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11",
    "compute_id": "hybrid",
    "namespaces": ["agents", "alpha"],
    "api_key_fingerprint": "0123456789ab",
}


def _failures(**changes: Any) -> dict[str, str]:
    return {each.property: each.reason for each in check({**GOOD, **changes})[1]}


def test_good_inputs_pass_and_optional_ones_have_defaults() -> None:
    checked, failures = check(GOOD)
    assert failures == [], "the documented example must work"
    assert checked == {**GOOD, "control_plane_url": None, "delete_adopted": False, "existing_id": None}, (
        "the difference to the state is taken over all of them"
    )


def test_spelling_that_means_the_same_is_made_the_same() -> None:
    checked, failures = check(
        {
            **GOOD,
            "workspace_id": f" {GOOD['workspace_id'].upper()} ",
            "compute_id": " hybrid ",
            "namespaces": ["zeta", "alpha"],
            "control_plane_url": "https://eu.api.host.langchain.com/",
        }
    )
    assert failures == [], "none of this is wrong"
    assert checked["workspace_id"] == GOOD["workspace_id"], "else a copied upper-case UUID would replace the listener"
    assert checked["compute_id"] == "hybrid", "a stray space would make another listener"
    assert checked["namespaces"] == ["alpha", "zeta"], "order means nothing, so it must not make a difference"
    assert checked["control_plane_url"] == "https://eu.api.host.langchain.com", "a slash is no other control plane"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("workspace_id", "my-workspace", "is not a UUID"),
        ("workspace_id", None, "is not a UUID"),
        ("compute_id", " ", "is empty"),
        ("compute_id", None, "is empty"),
        ("namespaces", [], "at least one"),
        ("namespaces", "agents", "at least one"),
        ("namespaces", None, "at least one"),
        ("namespaces", ["Agents"], "no Kubernetes namespace"),
        ("namespaces", ["a" * 64], "no Kubernetes namespace"),
        ("namespaces", ["-agents"], "no Kubernetes namespace"),
        ("namespaces", [7], "no Kubernetes namespace"),
        ("namespaces", ["agents", "agents"], "more than once"),
        ("control_plane_url", "https://eu.smith.langchain.com", "eu.api.host.langchain.com"),
        ("control_plane_url", "", "is empty"),
        ("delete_adopted", "yes", "neither true nor false"),
        ("existing_id", "listener", "is not a UUID"),
        ("api_key_fingerprint", "", "The API key is empty"),
    ],
)
def test_a_bad_input_is_named_with_what_is_wrong(name: str, value: Any, reason: str) -> None:
    failures = _failures(**{name: value})
    assert list(failures) == [name], "only the culprit is blamed"
    assert reason in failures[name], "the reason must lead to the remedy"


def test_all_bad_inputs_are_reported_at_once() -> None:
    assert set(_failures(workspace_id="x", compute_id="", namespaces=[])) == {
        "workspace_id",
        "compute_id",
        "namespaces",
    }, "one run should show everything there is to correct"


@pytest.mark.parametrize("name", [*GOOD, "control_plane_url", "delete_adopted", "existing_id"])
def test_an_input_not_known_yet_passes_as_it_is(name: str) -> None:
    checked, failures = check({**GOOD, name: UNKNOWN})
    assert failures == [], "a preview of a first run must work"
    assert checked[name] is UNKNOWN, "any other value would be taken for a decision"


def test_a_list_with_one_unknown_namespace_passes_as_it_is() -> None:
    checked, failures = check({**GOOD, "namespaces": ["zeta", UNKNOWN]})
    assert failures == [], "its other elements are checked once all are known"
    assert checked["namespaces"] == ["zeta", UNKNOWN], "sorting would move the unknown one"


def test_inputs_survive_the_way_through_the_state() -> None:
    inputs = ListenerInputs.from_props(check(GOOD)[0])
    assert ListenerInputs.from_props(inputs.to_props()) == inputs, "what is stored must read the same"
    stored = {name: value for name, value in inputs.to_props().items() if value is not None}
    assert ListenerInputs.from_props(stored) == inputs, "the engine drops properties without a value"
