"""What counts as changed from outside: what the program said and the object no longer says."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_sandbox.providers.kubernetes import drift


@pytest.mark.parametrize(
    ("said", "before", "live", "expected"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1}),
        ({"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 1}, {"a": 1}),
        ({"cpu": "1000m"}, {"cpu": "1"}, {"cpu": "1"}, {"cpu": "1000m"}),
        ({"cpu": "1000m"}, {"cpu": "1"}, {"cpu": "2"}, {"cpu": "2"}),
        ({"l": [{"a": 1}]}, {"l": [{"a": 1, "d": 0}]}, {"l": [{"a": 3, "d": 0}]}, {"l": [{"a": 3}]}),
        ({"l": [1]}, {"l": [1]}, {"l": [1, 2]}, {"l": [1, 2]}),
    ],
    ids=["changed", "not ours", "removed", "respelled", "respelled and changed", "inside a list", "longer list"],
)
def test_only_fields_of_the_program_can_drift(
    said: dict[str, Any], before: dict[str, Any], live: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert drift.current_inputs(said, before, live) == expected


def test_string_data_is_judged_by_the_data_it_became() -> None:
    said = {"stringData": {"a": "one", "b": "two"}}
    live = {"data": {"a": "b25l", "b": "Y2hhbmdlZA=="}}
    assert drift.current_inputs(said, live, live)["stringData"] == {"a": "one", "b": "changed"}
    del live["data"]["a"]
    assert drift.current_inputs(said, live, live)["stringData"] == {"b": "changed"}, "a key that is gone has drifted"
